import assert from "node:assert/strict";
import { test } from "node:test";
import { RefusedError } from "../../../node/ports.ts";
import { ContentServer } from "../../../node/sync/server.ts";
import { parseChunkHash, type PeerId, toHex } from "../../../protocol/ids.ts";
import { sha256 } from "../../../protocol/sha256.ts";
import { rootOfChunks } from "../../../protocol/content/manifest-builder.ts";
import { decodePieceAnswer, encodePieceRequest, type PieceKind, piecesOf } from "../../../protocol/wire/content.ts";
import { FakeCompute } from "../../../simulations/world/compute.ts";
import { FakeStore } from "../../../simulations/world/store.ts";
import { twoMachines } from "./two-machines.ts";

const text = "what peers may have";

/** The name under which a small file is asked for: one chunk, one page. */
function rootOf(content: string): string {
  const bytes = new TextEncoder().encode(content);
  const hash = parseChunkHash(toHex(sha256(bytes)));
  assert.ok(hash !== undefined);
  return rootOfChunks([{ hash, length: bytes.length }]);
}

async function served() {
  const { world, one, other } = await twoMachines(1, ({ user }) => user.write("page", text));
  const [folder] = [...one.peer.folders.values()];
  assert.ok(folder !== undefined);
  const life = world.life("server");
  const holders = new Set<PeerId>([other.identity.peer]);
  const server = new ContentServer({
    folder: (id) => (id === folder.id ? folder : undefined),
    holds: (peer) => holders.has(peer),
    linkTo: () => ({ copy: "patch", compression: 0, encryption: "noise" }),
    compute: new FakeCompute(life),
    store: new FakeStore(life, one.medium),
  });
  const ask = async (kind: PieceKind, name: string, peer = other.identity.peer, doubted = false) => {
    const question = { folder: folder.id, kind, names: [name], wanted: [], doubted, compression: true };
    const answer = decodePieceAnswer(await world.settle(server.answer(peer, encodePieceRequest(question))), 1);
    return answer && piecesOf(answer, answer.data)[0];
  };
  return { world, one, other, ask, server, holders };
}

test("P8: a holder gets a file that stands here, by its content", async () => {
  const { ask } = await served();
  const piece = await ask("file", rootOf(text));
  assert.equal(piece?.state === "sent" && new TextDecoder().decode(piece.bytes), text);
});

test("P8: whoever does not hold the folder gets nothing", async () => {
  const { ask, holders } = await served();
  holders.clear();
  await assert.rejects(ask("file", rootOf(text)), RefusedError);
});

test("P8: content that is in no entry here is missing, though its bytes may lie in the root", async () => {
  const { ask } = await served();
  assert.equal((await ask("file", rootOf("something else")))?.state, "missing");
  assert.equal((await ask("chunk", rootOf(text)))?.state, "missing");
});

test("S6: who is told that it sent wrong bytes sends them no more, reads its file anew and says what is in it", async () => {
  const { world, one, other, ask } = await served();
  const { fileSystem, user } = one;
  const node = fileSystem.find("/srv/press/page");
  assert.ok(node?.kind === "file");
  // What rots on a disk changes no stat.
  node.content = new TextEncoder().encode("what peers may hawe");
  const piece = await ask("file", rootOf(text));
  assert.equal(piece?.state === "sent" && new TextDecoder().decode(piece.bytes), "what peers may hawe");
  assert.equal((await ask("file", rootOf(text), other.identity.peer, true))?.state, "missing");
  await world.run(world.nowMs + 5_000);
  const now = user.snapshot().get("page");
  assert.deepEqual(other.user.snapshot().get("page"), now);
});

test("a file that was touched since it was proven is not served", async () => {
  const { ask, one } = await served();
  one.user.write("page", "what peers may hav!");
  assert.equal((await ask("file", rootOf(text)))?.state, "missing");
});

test("P3: a request that cannot be read is refused", async () => {
  const { server, other } = await served();
  await assert.rejects(server.answer(other.identity.peer, Uint8Array.of(255, 255)), RefusedError);
});
