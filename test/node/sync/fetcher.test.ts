import assert from "node:assert/strict";
import { test } from "node:test";
import { RefusedError, RequestError } from "../../../node/ports.ts";
import { Fetcher } from "../../../node/sync/fetcher.ts";
import type { Verify } from "../../../node/sync/piece-check.ts";
import { type FolderId, type PeerId, parseFolderId, toHex } from "../../../protocol/ids.ts";
import { identityOfSeed } from "../../../node/identity.ts";
import { sha256 } from "../../../protocol/sha256.ts";
import { decodePieceRequest, encodePieceAnswer, type Piece } from "../../../protocol/wire/content.ts";
import { FakeCompute } from "../../../simulations/world/compute.ts";
import { FakeLog } from "../../../simulations/world/log.ts";
import { World } from "../../../simulations/world/world.ts";

const folder = folderNamed("press");
const [near, far] = [peerNumber(1), peerNumber(2)];
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const nameOf = (text: string): string => toHex(sha256(bytesOf(text)));
const sent = (text: string): Piece => ({ state: "sent", bytes: bytesOf(text) });
const missing: Piece = { state: "missing" };

const verify: Verify = async (names, pieces) => pieces.map((bytes, at) => toHex(sha256(bytes)) === names[at]);

type Answer = (names: readonly string[]) => readonly Piece[] | Error;

/** A fetcher whose sources answer as they are told, and what each of them was asked. */
function fetcherOf(answers: ReadonlyMap<PeerId, Answer>) {
  const asked: { readonly peer: PeerId; readonly names: readonly string[]; readonly doubted: boolean }[] = [];
  const world = new World(1);
  const log = new FakeLog(world);
  const compute = new FakeCompute(world.life("asker"));
  const request = async (peer: PeerId, _protocol: string, body: Uint8Array): Promise<Uint8Array> => {
    const { names = [], doubted = false } = decodePieceRequest(body) ?? {};
    asked.push({ peer, names, doubted });
    const answer = answers.get(peer)?.(names) ?? new RequestError("not-connected", peer, "content");
    if (answer instanceof Error) throw answer;
    return encodePieceAnswer(answer);
  };
  const fetcher = new Fetcher({ folder, network: { request }, compute, sources: () => [near, far], log });
  const fetch = (...texts: readonly string[]) =>
    fetcher.fetch({ kind: "chunk", names: texts.map(nameOf), verify }, new AbortController().signal);
  return { fetcher, asked, log, fetch };
}

test("S6: wrong bytes are said in the log, their source is told to look into them, and the next one is asked", async () => {
  const { fetch, log, asked } = fetcherOf(
    new Map<PeerId, Answer>([
      [near, () => [sent("forged")]],
      [far, () => [sent("right")]],
    ]),
  );
  const got = await fetch("right");
  assert.deepEqual(got.get(nameOf("right")), bytesOf("right"));
  assert.deepEqual(
    asked.map(({ peer, doubted }) => [peer, doubted]),
    [
      [near, false],
      [near, true],
      [far, false],
    ],
  );
  assert.ok(log.lines.some(({ event, facts }) => event === "content-wrong" && facts["peer"] === near));
});

test("S6: who sent wrong bytes is asked last, until what they send is right again", async () => {
  let isRotten = true;
  const { fetch, asked } = fetcherOf(
    new Map<PeerId, Answer>([
      [
        near,
        (names) =>
          names[0] === nameOf("only near has it") ? [sent("only near has it")] : [sent(isRotten ? "rot" : "three")],
      ],
      [
        far,
        (names) =>
          names[0] === nameOf("only near has it") ? [missing] : [sent(names[0] === nameOf("one") ? "one" : "two")],
      ],
    ]),
  );
  await fetch("one");
  asked.splice(0);
  await fetch("two");
  assert.deepEqual(
    asked.map(({ peer }) => peer),
    [far],
  );
  isRotten = false;
  await fetch("only near has it");
  asked.splice(0);
  await fetch("three");
  assert.deepEqual(
    asked.map(({ peer }) => peer),
    [near],
  );
});

test("a source that fails, refuses or lacks a piece is passed over for the rest only", async () => {
  const failures: readonly Answer[] = [
    () => new RequestError("timeout", near, "content"),
    () => new RefusedError({ code: "folder-not-held", peer: near, folder }),
    () => [missing, missing],
  ];
  for (const failure of failures) {
    const { fetch, asked } = fetcherOf(
      new Map<PeerId, Answer>([
        [near, failure],
        [far, () => [sent("one"), sent("two")]],
      ]),
    );
    assert.equal((await fetch("one", "two")).size, 2);
    assert.equal(asked.length, 2);
  }
  const { fetch, asked } = fetcherOf(
    new Map<PeerId, Answer>([
      [near, () => [sent("one"), missing]],
      [far, () => [sent("two")]],
    ]),
  );
  assert.equal((await fetch("one", "two")).size, 2);
  assert.deepEqual(asked.at(-1)?.names, [nameOf("two")]);
});

test("a source that says later is asked again for as long as it sends something", async () => {
  let turns = 0;
  const { fetch } = fetcherOf(
    new Map<PeerId, Answer>([
      [
        near,
        (names) => {
          turns += 1;
          return names.map((name, at) => (at > 0 ? { state: "later" } : sent(name === nameOf("one") ? "one" : "two")));
        },
      ],
    ]),
  );
  assert.equal((await fetch("one", "two")).size, 2);
  assert.equal(turns, 2);
});

test("P3: a source that says later for ever is left", async () => {
  const { fetch, asked } = fetcherOf(
    new Map<PeerId, Answer>([[near, (names) => names.map(() => ({ state: "later" }))]]),
  );
  assert.equal((await fetch("one", "two")).size, 0);
  assert.equal(asked.filter(({ peer }) => peer === near).length, 1);
});

test("an answer that cannot be read counts as none", async () => {
  const world = new World(1);
  const log = new FakeLog(world);
  const compute = new FakeCompute(world.life("asker"));
  const request = async (): Promise<Uint8Array> => Uint8Array.of(255, 255, 255);
  const fetcher = new Fetcher({ folder, network: { request }, compute, sources: () => [near], log });
  const question = { kind: "chunk", names: [nameOf("one")], verify } as const;
  assert.equal((await fetcher.fetch(question, new AbortController().signal)).size, 0);
  assert.ok(log.lines.some(({ event }) => event === "content-malformed"));
});

function folderNamed(text: string): FolderId {
  const id = parseFolderId(text);
  assert.ok(id !== undefined);
  return id;
}

function peerNumber(number: number): PeerId {
  return identityOfSeed(new Uint8Array(32).fill(number)).peer;
}
