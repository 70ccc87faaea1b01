import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseFolderId, toHex } from "../../../protocol/ids.ts";
import { limits } from "../../../protocol/limits.ts";
import {
  decodePieceAnswer,
  decodePieceRequest,
  encodePieceAnswer,
  encodePieceRequest,
  type Piece,
  pieceKinds,
} from "../../../protocol/wire/content.ts";

const folder = parseFolderId("press");
assert.ok(folder);
const name = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);
const piece: fc.Arbitrary<Piece> = fc.oneof(
  fc.constant({ state: "missing" } as const),
  fc.constant({ state: "later" } as const),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => ({ state: "sent", bytes }) as const),
);

test("property: a request for pieces comes out of its bytes as it went in", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...pieceKinds),
      fc.array(name, { minLength: 1, maxLength: 20 }),
      fc.boolean(),
      (kind, names, doubted) => {
        const request = { folder, kind, names, doubted };
        assert.deepEqual(decodePieceRequest(encodePieceRequest(request)), request);
      },
    ),
  );
});

test("P3: a request for more names than the limit is refused", () => {
  const names = Array.from({ length: limits.contentNamesMax + 1 }, () => "00".repeat(32));
  assert.equal(decodePieceRequest(encodePieceRequest({ folder, kind: "chunk", names, doubted: false })), undefined);
  assert.ok(decodePieceRequest(encodePieceRequest({ folder, kind: "chunk", names: names.slice(1), doubted: false })));
});

test("property: an answer comes out of its bytes as it went in", () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const decoded = decodePieceAnswer(encodePieceAnswer(pieces), pieces.length);
      const plain = decoded?.map((one) => (one.state === "sent" ? { ...one, bytes: Uint8Array.from(one.bytes) } : one));
      assert.deepEqual(plain, pieces);
    }),
  );
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
      for (const one of decodePieceAnswer(bytes, 3) ?? [])
        assert.ok(one.state !== "sent" || one.bytes.length <= bytes.length);
    }),
    { numRuns: 2_000 },
  );
});
