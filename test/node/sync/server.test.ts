import assert from "node:assert/strict";
import { test } from "node:test";
import { RefusedError } from "../../../node/ports.ts";
import { ContentServer } from "../../../node/sync/server.ts";
import { parseChunkHash, type PeerId, toHex } from "../../../protocol/ids.ts";
import { sha256 } from "../../../protocol/sha256.ts";
import { rootOfChunks } from "../../../protocol/content/manifest-builder.ts";
import { decodePieceAnswer, encodePieceRequest, type PieceKind } from "../../../protocol/wire/content.ts";
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
  const holders = new Set<PeerId>([other.identity.peer]);
  const server = new ContentServer({
    folder: (id) => (id === folder.id ? folder : undefined),
    holds: (peer) => holders.has(peer),
  });
  const ask = async (kind: PieceKind, name: string, peer = other.identity.peer) => {
    const body = encodePieceRequest({ folder: folder.id, kind, names: [name] });
    return decodePieceAnswer(await world.settle(server.answer(peer, body)), 1)?.[0];
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

test("a file that was touched since it was proven is not served", async () => {
  const { ask, one } = await served();
  one.user.write("page", "what peers may hav!");
  assert.equal((await ask("file", rootOf(text)))?.state, "missing");
});

test("P3: a request that cannot be read is refused", async () => {
  const { server, other } = await served();
  await assert.rejects(server.answer(other.identity.peer, Uint8Array.of(255, 255)), RefusedError);
});
