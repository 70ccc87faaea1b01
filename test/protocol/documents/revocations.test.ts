import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Cut,
  type Revocation,
  RevocationIndex,
  type Revocations,
  revocationsType,
  takesBack,
} from "../../../protocol/documents/revocations.ts";
import { instantOfMs } from "../../../protocol/documents/instant.ts";
import { isRefusal } from "../../../protocol/documents/verified.ts";
import { membersCollection, parseCollectionId, parseFolderId, folderCollection } from "../../../protocol/ids.ts";
import { assertRefused, authority, peerOf, writerOf } from "./documents.ts";

const press = folderCollection(parseFolderId("press") ?? assert.fail());
const cut: Cut = { writer: writerOf("a", 1), collection: press, lastValid: 20 };
const rest: Cut = { writer: writerOf("a", 2), lastValid: 0 };
const holder = { seat: 3, peer: peerOf("a"), serial: 10 };
const entry: Revocation = { ...holder, cuts: [cut, rest] };

function revocations(version: number, ...revoked: readonly Revocation[]): Revocations {
  return { site: authority.site, version, issuedAt: instantOfMs(0), revoked: [...revoked] };
}

test("a cut that names a collection ends the writer there, one that names none ends it everywhere", () => {
  const index = new RevocationIndex(revocations(1, entry));
  assert.equal(index.lastValid(writerOf("a", 1), press), 20);
  assert.equal(index.lastValid(writerOf("a", 1), membersCollection), undefined);
  assert.equal(index.lastValid(writerOf("a", 2), press), 0);
  assert.equal(index.lastValid(writerOf("a", 2), membersCollection), 0);
  assert.equal(index.lastValid(writerOf("a", 3), press), undefined);
});

test("of several cuts of one writer the lowest holds", () => {
  const again = { ...entry, seat: 4, cuts: [{ writer: writerOf("a", 1), lastValid: 7 }] };
  for (const order of [
    [entry, again],
    [again, entry],
  ]) {
    assert.equal(new RevocationIndex(revocations(1, ...order)).lastValid(writerOf("a", 1), press), 7);
  }
});

test("an entry without cuts ends licenses and no writer; cuts may follow in a later version", () => {
  const first = revocations(1, holder);
  assert.deepEqual(new RevocationIndex(first).revocationOf(holder), holder);
  assert.equal(new RevocationIndex(first).lastValid(writerOf("a", 1), press), undefined);
  assert.equal(takesBack(first, revocations(2, entry)), undefined);
});

test("before any revocation nothing is cut and no license is ended", () => {
  const index = new RevocationIndex(undefined);
  assert.equal(index.lastValid(writerOf("a"), press), undefined);
  assert.equal(index.revocationOf(entry), undefined);
});

test("P9: a later version may add and tighten, and is refused when it takes anything back", () => {
  const first = revocations(1, entry);
  const other = { ...entry, peer: peerOf("b"), cuts: [] };
  const allowed = [
    [entry, other],
    [{ ...entry, serial: 11 }],
    [{ ...entry, cuts: [{ ...cut, lastValid: 19 }, rest] }],
    [{ ...entry, cuts: [cut, rest, { writer: writerOf("a", 3), lastValid: 5 }] }],
  ];
  for (const revoked of allowed) assert.equal(takesBack(first, revocations(2, ...revoked)), undefined);
  const forbidden = [
    [],
    [other],
    [{ ...entry, serial: 9 }],
    [{ ...entry, seat: 4 }],
    [{ ...entry, cuts: [cut] }],
    [holder],
    [{ ...entry, cuts: [{ ...cut, lastValid: 21 }, rest] }],
    [{ ...entry, cuts: [{ ...cut, collection: membersCollection }, rest] }],
  ];
  for (const revoked of forbidden) assertRefused(takesBack(first, revocations(2, ...revoked)), "document-malformed");
});

test("revocations with a fault in them are refused, and the refusal says where and what", () => {
  const faults = [
    [{ version: 0 }, /version: must be a whole number from 1/],
    [{ revoked: [{ ...entry, serial: 0 }] }, /revoked\[0\].serial: must be a whole number from 1/],
    [
      { revoked: [{ ...entry, cuts: [{ ...cut, lastValid: -1 }] }] },
      /revoked\[0\].cuts\[0\].lastValid: must be the sequence/,
    ],
    [{ revoked: [{ ...entry, cuts: [{ ...cut, writer: "ab" }] }] }, /cuts\[0\].writer: must be a writer's id/],
    [{ revoked: [{ ...entry, cuts: [{ ...cut, collection: "../x" }] }] }, /cuts\[0\].collection: must be a collection/],
    [
      { revoked: [{ ...entry, cuts: [{ ...cut, writer: writerOf("b") }] }] },
      /revoked\[0\].cuts: must name writers of the entry's peer/,
    ],
    [{ revoked: [entry, { ...entry, serial: 12 }] }, /revoked\[1\]: names a seat and peer that stand here already/],
  ] as const;
  for (const [change, why] of faults) {
    assertRefused(revocationsType.read({ ...revocations(1, entry), ...change }), "document-malformed", why);
  }
  assert.ok(!isRefusal(revocationsType.read(revocations(1, entry))));
  assert.equal(parseCollectionId("folder/press"), press);
});
