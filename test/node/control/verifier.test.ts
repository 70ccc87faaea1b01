import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CopyServer, type OwnCopy, verifyProtocol } from "../../../node/control/copy-server.ts";
import { describeDifference, Verifier } from "../../../node/control/verifier.ts";
import { RefusedError, RequestError, type RequestOptions } from "../../../node/ports.ts";
import { type CopyItem, copyDifferences } from "../../../protocol/folder/copy.ts";
import { parseFolderId, type PeerId } from "../../../protocol/ids.ts";
import { type CopyState, encodeVerifyRequest, type PathRange, type RangeItems } from "../../../protocol/wire/verify.ts";
import { digestOf } from "../../protocol/membership/beacons.ts";
import { peerNumber } from "../../protocol/membership/peers.ts";
import { arbitraryItems, entryFile, itemAt } from "../../protocol/folder/copies.ts";

const press = parseFolderId("press") ?? assert.fail();
const self = peerNumber(0);

const idle: CopyState = {
  contextDigest: digestOf("context"),
  count: 3,
  sum: digestOf("sum"),
  state: "idle",
  missingFiles: 0,
  blockedFiles: 0,
  heldBack: 0,
};

/** A copy in memory that gives a few items at a time, in the order of their paths. */
class ListedCopy implements OwnCopy {
  items: readonly CopyItem[];
  /** What a look at the disk finds, when it is not what is held. */
  onDisk: readonly CopyItem[] | undefined;
  states: CopyState[] = [idle];
  readonly #pageLength: number;
  readonly copy = { read: async (range: PathRange, deep: boolean): Promise<RangeItems> => this.#read(range, deep) };

  constructor(items: readonly CopyItem[], pageLength = 2) {
    this.items = items;
    this.#pageLength = pageLength;
  }

  /** One after the other; the last one for ever. */
  state = (): CopyState => (this.states.length > 1 ? this.states.shift() : this.states[0]) ?? idle;

  #read({ after, to }: PathRange, deep: boolean): RangeItems {
    const all = (deep ? this.onDisk : undefined) ?? this.items;
    const items = all
      .filter(({ path }) => (after === undefined || path > after) && (to === undefined || path <= to))
      .toSorted((one, other) => (one.path < other.path ? -1 : 1));
    const page = items.slice(0, this.#pageLength);
    return { items: page, readTo: items.length > page.length ? page.at(-1)?.path : undefined };
  }
}

/** A site of copies, peer 0 being this one; `false` for a peer that is not there. */
function setUp(own: ListedCopy, others: readonly (ListedCopy | false)[], holdersKnownThere = true) {
  const holders = [own, ...others].map((_, at) => ({
    peer: peerNumber(at),
    place: { region: "r", group: "g", server: `s${at}` },
  }));
  const servers = new Map<PeerId, CopyServer>();
  for (const [at, copy] of others.entries()) {
    if (copy === false) continue;
    const peer = peerNumber(at + 1);
    servers.set(peer, new CopyServer({ self: peer, copyOf: () => copy, holds: () => holdersKnownThere }));
  }
  const asked: string[] = [];
  const network = {
    request: async (peer: PeerId, protocol: string, body: Uint8Array, _options: RequestOptions) => {
      asked.push(peer);
      const server = servers.get(peer);
      if (server === undefined) throw new RequestError("not-connected", peer, protocol);
      assert.equal(protocol, verifyProtocol);
      return server.answer(self, body);
    },
  };
  const verifier = new Verifier({
    self,
    network,
    folders: () => [press],
    copyOf: (folder) => (folder === press ? own : undefined),
    holders: () => holders,
  });
  const verify = async (deep = false) => {
    const verification = await verifier.verify({ deep, signal: new AbortController().signal });
    const [folder] = verification.folders;
    assert.ok(folder !== undefined);
    return { ...verification, folder, copies: folder.copies };
  };
  return { verify, asked, servers };
}

const file = (content: string) => entryFile(content);
const items = ["a", "b", "c/d", "c/e", "f"].map((path) => itemAt(path, file(path)));

test("identical copies are identical, and no item is sent for it", async () => {
  const { verify, asked } = setUp(new ListedCopy(items), [new ListedCopy(items), new ListedCopy(items)]);
  const { outcome, folder, copies } = await verify();
  assert.equal(outcome, "identical");
  assert.equal(folder.items, 5);
  assert.deepEqual(copies[0], {
    peer: peerNumber(1),
    region: "r",
    group: "g",
    server: "s1",
    outcome: "identical",
    why: "",
    differences: [],
    differenceCount: 0,
  });
  // Two looks at the state and one question for each of three ranges.
  assert.equal(asked.filter((peer) => peer === peerNumber(1)).length, 5);
});

test("what differs is named with its path, for the copy that differs", async () => {
  const changed = [itemAt("a", file("other")), ...items.slice(2), itemAt("z", file("z"))];
  const { verify } = setUp(new ListedCopy(items), [new ListedCopy(items), new ListedCopy(changed, 3)]);
  const { outcome, copies } = await verify();
  assert.equal(outcome, "different");
  assert.deepEqual(
    copies.map((copy) => [copy.outcome, copy.differences.map(({ path, difference }) => `${path} ${difference}`)]),
    [
      ["identical", []],
      ["different", ["a content", "b missing", "z surplus"]],
    ],
  );
});

test("property: differences are exactly those of the lists, wherever the pages of both sides end", async () => {
  const length = fc.integer({ min: 1, max: 4 });
  const held = arbitraryItems.map((all) => all.filter(({ entry }) => entry !== undefined));
  await fc.assert(
    fc.asyncProperty(held, held, length, length, async (ours, theirs, ourLength, theirLength) => {
      const { verify } = setUp(new ListedCopy(ours, ourLength), [new ListedCopy(theirs, theirLength)]);
      const { copies } = await verify();
      const text = (each: readonly CopyItem[]) => new Map(each.map(({ path, entry }) => [path, JSON.stringify(entry)]));
      const [here, there] = [text(ours), text(theirs)];
      const paths = new Set([...here.keys(), ...there.keys()]);
      const differing = [...paths].filter((path) => here.get(path) !== there.get(path));
      assert.deepEqual(new Set(copies[0]?.differences.map(({ path }) => path)), new Set(differing));
    }),
  );
});

test("whoever cannot be asked is listed, and does not hide the others", async () => {
  const { verify, asked } = setUp(new ListedCopy(items), [false, new ListedCopy(items)]);
  const { outcome, copies } = await verify();
  assert.equal(outcome, "unreachable");
  assert.deepEqual(
    copies.map((copy) => [copy.outcome, copy.why]),
    [
      ["unreachable", "not-connected"],
      ["identical", ""],
    ],
  );
  assert.equal(asked.filter((peer) => peer === peerNumber(1)).length, 1);
});

test("a peer that refuses or talks nonsense is one that cannot be asked", async () => {
  const refused = setUp(new ListedCopy(items), [new ListedCopy(items)], false);
  const { copies } = await refused.verify();
  const [copy] = copies;
  assert.ok(copy?.outcome === "unreachable" && copy.why.includes("folder-not-held"), copy?.why);

  const nonsense = setUp(new ListedCopy(items), [new ListedCopy(items)]);
  const server = nonsense.servers.get(peerNumber(1)) ?? assert.fail();
  server.answer = async () => Uint8Array.of(0xff);
  assert.equal((await nonsense.verify()).copies[0]?.why, "it sent an answer that cannot be read");
});

test("P3: a peer whose list never ends is given up", async () => {
  const endless = new ListedCopy(items);
  const { verify } = setUp(new ListedCopy([]), [endless]);
  endless.copy.read = async () => ({ items: [items[0] ?? assert.fail()], readTo: items[0]?.path });
  assert.equal((await verify()).copies[0]?.why, "its answers do not end");
});

const shorter = items.slice(1);
const other = digestOf("another context");
const situations: readonly (readonly [why: string, own: readonly CopyState[], theirs: readonly CopyState[]])[] = [
  ["changes came in meanwhile", [idle, { ...idle, contextDigest: other }], [idle]],
  ["changes came in meanwhile", [idle], [idle, { ...idle, contextDigest: other }]],
  ["it knows other changes", [idle], [{ ...idle, contextDigest: other }]],
  ["it is still scanning", [idle], [{ ...idle, state: "scanning" }]],
  ["it misses 1 files", [idle], [{ ...idle, state: "syncing", missingFiles: 1 }]],
  ["it cannot hold 1 files", [idle], [{ ...idle, blockedFiles: 1 }]],
  ["it holds back 1 files", [idle], [{ ...idle, heldBack: 1 }]],
  ["it is still syncing", [idle], [{ ...idle, state: "syncing" }]],
  ["this peer misses 2 files", [{ ...idle, state: "syncing", missingFiles: 2 }], [idle]],
];

for (const [why, own, theirs] of situations) {
  test(`a difference with a cause is no divergence: ${why}`, async () => {
    const [ownCopy, theirCopy] = [new ListedCopy(items), new ListedCopy(shorter)];
    ownCopy.states = [...own];
    theirCopy.states = [...theirs];
    const { outcome, copies } = await setUp(ownCopy, [theirCopy]).verify();
    assert.deepEqual([outcome, copies[0]?.why, copies[0]?.differenceCount], ["behind", why, 1]);
  });
}

test("equal items over records that diverged are different all the same", async () => {
  const theirs = new ListedCopy(items);
  theirs.states = [{ ...idle, sum: digestOf("another sum") }];
  const { outcome, copies } = await setUp(new ListedCopy(items), [theirs]).verify();
  assert.deepEqual([outcome, copies[0]?.why], ["different", "its records diverged"]);
});

test("deep: a disk that is not as it is held is told, here and there, and blames nobody else", async () => {
  const rotten = [itemAt("a", file("rotten")), ...items.slice(1)];
  const [own, theirs, third] = [new ListedCopy(items), new ListedCopy(items), new ListedCopy(items)];
  own.onDisk = rotten;
  theirs.onDisk = [...items.slice(0, -1), itemAt("f", undefined)];
  const shallow = await setUp(own, [theirs, third]).verify(false);
  assert.equal(shallow.outcome, "identical");
  const deep = await setUp(own, [theirs, third]).verify(true);
  assert.equal(deep.outcome, "different");
  assert.deepEqual(deep.folder.ownDifferences, [{ path: "a", difference: "content" }]);
  assert.deepEqual(
    deep.copies.map((copy) => copy.differences.map(({ path, difference }) => `${path} ${difference}`)),
    [["f unreadable"], []],
  );
});

test("P3: the first thousand differences are named, all are counted", async () => {
  const many = Array.from({ length: 3_000 }, (_, at) => itemAt(`file${at}`, file("x")));
  const { copies } = await setUp(new ListedCopy(many, 100), [new ListedCopy([], 100)]).verify();
  assert.deepEqual([copies[0]?.differences.length, copies[0]?.differenceCount], [1_000, 3_000]);
});

test("a verification that is called off ends", async () => {
  const own = new ListedCopy(items);
  const calledOff = new AbortController();
  const verifier = new Verifier({
    self,
    network: { request: async () => assert.fail("nobody is to be asked") },
    folders: () => [press],
    copyOf: () => own,
    holders: () => [{ peer: self, place: { region: "r", group: "g", server: "s" } }],
  });
  calledOff.abort();
  await assert.rejects(verifier.verify({ deep: false, signal: calledOff.signal }), { name: "AbortError" });
});

test("P8: paths are for holders: who holds nothing is refused, so is a folder that is not here, so is nonsense", async () => {
  const server = new CopyServer({
    self,
    copyOf: () => undefined,
    holds: (peer) => peer === peerNumber(1),
  });
  const body = encodeVerifyRequest({ ask: "state", folder: press });
  const codeOf = (peer: PeerId, bytes: Uint8Array) =>
    server.answer(peer, bytes).then(
      () => "answered",
      (error: unknown) => (error instanceof RefusedError ? JSON.stringify(error.refusal) : "failed"),
    );
  assert.match(await codeOf(peerNumber(2), body), new RegExp(`folder-not-held.*${peerNumber(2)}`));
  assert.match(await codeOf(peerNumber(1), body), new RegExp(`folder-not-held.*${self}`));
  assert.match(await codeOf(peerNumber(1), Uint8Array.of(9)), /message-malformed/);
});

test("every kind of difference has words of its own", () => {
  assert.equal(new Set(copyDifferences.map(describeDifference)).size, copyDifferences.length);
});
