import assert from "node:assert/strict";
import { test } from "node:test";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import fc from "fast-check";
import { blockSetBytes } from "../../../protocol/content/patch.ts";
import { parseFolderId, toHex } from "../../../protocol/ids.ts";
import { limits } from "../../../protocol/limits.ts";
import {
  decodePieceAnswer,
  decodePieceRequest,
  encodePieceAnswer,
  encodePieceRequest,
  type Piece,
  type PieceAnswer,
  pieceKinds,
  piecesOf,
} from "../../../protocol/wire/content.ts";

const folder = parseFolderId("press");
assert.ok(folder);
const name = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);
const piece: fc.Arbitrary<Piece> = fc.oneof(
  fc.constant({ state: "missing" } as const),
  fc.constant({ state: "later" } as const),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => ({ state: "sent", bytes }) as const),
);

const blockSet = fc.uint8Array({ minLength: blockSetBytes, maxLength: blockSetBytes });

/** In memory of their own. */
function piecesIn(answer: PieceAnswer, data = answer.data): readonly Piece[] {
  return piecesOf(answer, data).map((one) =>
    one.state === "sent" ? { ...one, bytes: Uint8Array.from(one.bytes) } : one,
  );
}

test("property: a request for pieces comes out of its bytes as it went in", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...pieceKinds),
      fc.array(fc.tuple(name, blockSet), { minLength: 1, maxLength: 20 }),
      fc.boolean(),
      fc.boolean(),
      (kind, pairs, doubted, compression) => {
        const names = pairs.map(([one]) => one);
        const wanted = kind === "blocks" ? pairs.map(([, set]) => set) : [];
        const request = { folder, kind, names, wanted, doubted, compression };
        const decoded = decodePieceRequest(encodePieceRequest(request));
        assert.deepEqual(decoded && { ...decoded, wanted: decoded.wanted.map((set) => Uint8Array.from(set)) }, request);
      },
    ),
  );
});

test("P3: blocks are asked for of each chunk or of none", () => {
  const names = ["00".repeat(32), "11".repeat(32)];
  const wanted = [new Uint8Array(blockSetBytes)];
  const plain = { folder, names, doubted: false, compression: false };
  assert.equal(decodePieceRequest(encodePieceRequest({ ...plain, kind: "blocks", wanted })), undefined);
  assert.equal(decodePieceRequest(encodePieceRequest({ ...plain, kind: "chunk", wanted })), undefined);
  assert.ok(decodePieceRequest(encodePieceRequest({ ...plain, kind: "blocks", wanted: [...wanted, ...wanted] })));
});

test("P3: a request for more names than the limit is refused", () => {
  const names = Array.from({ length: limits.contentNamesMax + 1 }, () => "00".repeat(32));
  const plain = { folder, kind: "chunk", wanted: [], doubted: false, compression: false } as const;
  assert.equal(decodePieceRequest(encodePieceRequest({ ...plain, names })), undefined);
  assert.ok(decodePieceRequest(encodePieceRequest({ ...plain, names: names.slice(1) })));
});

test("property: an answer comes out of its bytes as it went in", () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const answer = decodePieceAnswer(encodePieceAnswer(pieces), pieces.length) ?? assert.fail();
      assert.deepEqual(piecesIn(answer), pieces);
    }),
  );
});

test("property: a compressed answer says what its frame has to become", () => {
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 30 }), (pieces) => {
      const sent = Buffer.concat(pieces.flatMap((one) => (one.state === "sent" ? [one.bytes] : [])));
      const answer = decodePieceAnswer(encodePieceAnswer(pieces, zstdCompressSync(sent)), pieces.length);
      assert.ok(answer?.isCompressed === true && answer.piecesBytes === sent.length);
      assert.deepEqual(piecesIn(answer, zstdDecompressSync(answer.data)), pieces);
    }),
  );
});

test("P3: a compressed answer that would become more than a message may have is refused", () => {
  const large: Piece = { state: "sent", bytes: new Uint8Array(limits.messageBytesMax + 1) };
  assert.equal(decodePieceAnswer(encodePieceAnswer([large], Uint8Array.of(1)), 1), undefined);
});

test("P3: an answer to another number of names, or with bytes that do not add up, is refused", () => {
  const answer = encodePieceAnswer([{ state: "sent", bytes: Uint8Array.of(1, 2, 3) }]);
  assert.equal(decodePieceAnswer(answer, 2), undefined);
  assert.equal(decodePieceAnswer(answer.slice(0, -1), 1), undefined);
});

test("property: P3: whatever bytes come, both decoders answer", () => {
  const mutated = fc
    .tuple(fc.array(piece, { minLength: 1, maxLength: 5 }), fc.nat(), fc.nat({ max: 255 }))
    .map(([pieces, at, byte]) =>
      encodePieceAnswer(pieces).map((old, index, all) => (index === at % all.length ? byte : old)),
    );
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (bytes) => {
      decodePieceRequest(bytes);
      const answer = decodePieceAnswer(bytes, 3);
      if (answer === undefined || answer.isCompressed) return;
      for (const one of piecesOf(answer, answer.data))
        assert.ok(one.state !== "sent" || one.bytes.length <= bytes.length);
    }),
    { numRuns: 2_000 },
  );
});
