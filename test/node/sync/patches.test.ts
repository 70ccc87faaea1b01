/** What travels of a large file that changed, by what the policy says of the link. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { LinkRule } from "../../../protocol/documents/policy.ts";
import { decodePieceRequest, type PieceKind } from "../../../protocol/wire/content.ts";
import type { SimulatedMachine } from "../../../simulations/world/machine.ts";
import { SimulatedSite } from "../../../simulations/world/site.ts";
import { World } from "../../../simulations/world/world.ts";
import { generatedBytes } from "../../protocol/content/generated-bytes.ts";
import { untilIdle } from "./two-machines.ts";

const kib = 1024;
const mib = 1024 * kib;
const film = generatedBytes("film", 3 * mib);

interface Travelled {
  /** Bytes of all answers to requests for content. */
  bytes: number;
  readonly kinds: Set<PieceKind>;
}

/** Lets `change` happen to the film on one machine, and follows it to the other one. */
async function follow(rule: Partial<LinkRule>, change: (one: SimulatedMachine) => void): Promise<Travelled> {
  const world = new World(1);
  const site = new SimulatedSite(world, [{ name: "one" }, { name: "other" }]);
  site.links = { "same-group": rule };
  const [one, other] = site.machines;
  assert.ok(one && other);
  one.user.write("film", film);
  world.schedule(0, () => void site.start());
  await untilIdle(site);
  const travelled: Travelled = { bytes: 0, kinds: new Set() };
  const asked = new Set<number>();
  site.fabric.lines.listener = (message) => {
    if (message.kind === "request" && message.protocol === "/cdmesh/1/content") {
      asked.add(message.id);
      const kind = decodePieceRequest(message.body)?.kind;
      if (kind !== undefined) travelled.kinds.add(kind);
    }
    if (message.kind === "answer" && asked.has(message.id) && message.answer.kind === "ok") {
      travelled.bytes += message.answer.body.length;
    }
  };
  change(one);
  await untilIdle(site);
  assert.deepEqual(other.user.read("film"), one.user.read("film"));
  return travelled;
}

function overwrite({ user }: SimulatedMachine, at: number, bytes: Uint8Array): void {
  const content = Uint8Array.from(user.read("film") ?? assert.fail());
  content.set(bytes, at);
  user.write("film", content);
}

test("S6: of a chunk that replaces old bytes only the new blocks travel, and lists of all", async () => {
  const { bytes, kinds } = await follow({ copy: "patch" }, (one) =>
    overwrite(one, mib + 5, generatedBytes("scene", 20 * kib)),
  );
  assert.ok(kinds.has("blocks") && !kinds.has("chunk"));
  assert.ok(bytes > 20 * kib && bytes < 35 * kib, `${bytes} bytes`);
});

test("an insertion costs a few blocks, wherever it is, though all behind it moves", async () => {
  const { bytes } = await follow({ copy: "patch" }, ({ user }) =>
    user.write(
      "film",
      new Uint8Array(Buffer.concat([film.subarray(0, mib), generatedBytes("more", 1_000), film.subarray(mib)])),
    ),
  );
  assert.ok(bytes < 15 * kib, `${bytes} bytes`);
});

test("what is appended is all that travels", async () => {
  const { bytes } = await follow({ copy: "patch" }, ({ user }) =>
    user.append("film", generatedBytes("end", 100 * kib)),
  );
  assert.ok(bytes > 100 * kib && bytes < 115 * kib, `${bytes} bytes`);
});

test("with copy: dump whole chunks travel", async () => {
  const { bytes, kinds } = await follow({ copy: "dump" }, (one) =>
    overwrite(one, mib + 5, generatedBytes("scene", 20 * kib)),
  );
  assert.ok(kinds.has("chunk") && !kinds.has("block-list"));
  assert.ok(bytes > 40 * kib, `${bytes} bytes`);
});

test("a file that has nothing of the one before is looked through once, and then fetched whole", async () => {
  const { bytes, kinds } = await follow({ copy: "patch" }, ({ user }) =>
    user.write("film", generatedBytes("other", 3 * mib)),
  );
  assert.ok(kinds.has("chunk"));
  assert.ok(bytes < 3.05 * mib, `${bytes} bytes`);
});

test("what compresses is compressed as the policy says, and what does not is sent as it is", async () => {
  const text = new TextEncoder().encode("A line of a page of a press release, again and again.\n".repeat(4_000));
  const write = ({ user }: SimulatedMachine): void => user.write("film", text);
  const plain = await follow({ compression: 0 }, write);
  const packed = await follow({ compression: 3 }, write);
  assert.ok(plain.bytes > text.length && packed.bytes < text.length / 10, `${plain.bytes} and ${packed.bytes} bytes`);
  const noise = await follow({ compression: 9 }, ({ user }) => user.write("film", generatedBytes("noise", 200 * kib)));
  assert.ok(noise.bytes > 200 * kib && noise.bytes < 210 * kib, `${noise.bytes} bytes`);
});
