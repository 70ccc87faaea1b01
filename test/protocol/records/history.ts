/** Histories of one key as honest writers make them, for tests of merging. */

import fc from "fast-check";
import { type WriterId, recordHashOf, writerIdOf } from "../../../protocol/ids.ts";
import { merge } from "../../../protocol/records/merge.ts";
import { type RecordBody, type Version, causesOf, recordKinds, sparedOf } from "../../../protocol/records/record.ts";
import { sha256 } from "../../../protocol/sha256.ts";

/** The same number gives the same writer. Nobody has its key. */
export function writerNumber(number: number): WriterId {
  return writerIdOf(sha256(Buffer.from(`writer ${number}`)), Buffer.from(`life ${number % 10}  `));
}

export function versionOf(writer: WriterId, sequence: number, fields: Partial<RecordBody> = {}): Version {
  const record: RecordBody = {
    kind: recordKinds.fileEntry,
    key: "a/path",
    causes: new Map(),
    tombstone: false,
    payload: new Uint8Array(),
    ...fields,
  };
  const hash = recordHashOf(sha256(Buffer.from(`${writer} ${sequence}`)));
  return { dot: { writer, sequence }, sealedAtMs: 1_000, hash, record };
}

export type Act =
  | {
      readonly kind: "write";
      readonly by: number;
      readonly tombstone: boolean;
      readonly sealedAtMs: number;
      /** Which of the siblings it starts from, one bit each; it is written beside the others. */
      readonly over: number;
    }
  | { readonly kind: "tell"; readonly from: number; readonly to: number };

const peer = fc.nat({ max: 3 });

export const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("write" as const),
      by: peer,
      tombstone: fc.boolean(),
      sealedAtMs: fc.nat({ max: 3 }),
      over: fc.oneof(fc.constant(255), fc.nat({ max: 15 })),
    }),
    fc.record({ kind: fc.constant("tell" as const), from: peer, to: peer }),
  ),
  { minLength: 1, maxLength: 24 },
);

/** All versions that come of four writers who write over some of what they see and tell each other. */
export function versionsOf(script: readonly Act[]): readonly Version[] {
  const states: (readonly Version[])[] = [[], [], [], []];
  const sequences = [0, 0, 0, 0];
  const all: Version[] = [];
  for (const act of script) {
    if (act.kind === "tell") {
      states[act.to] = mergeAll([...(states[act.to] ?? []), ...(states[act.from] ?? [])]);
      continue;
    }
    const seen = states[act.by] ?? [];
    const sequence = (sequences[act.by] ?? 0) + 1;
    const isSeen = (index: number): boolean => (act.over & (1 << (index % 8))) !== 0;
    const causes = causesOf(seen.filter((_, index) => isSeen(index)));
    const spared = sparedOf(
      causes,
      seen.filter((_, index) => !isSeen(index)),
    );
    const body = { causes, spared, tombstone: act.tombstone };
    const version = { ...versionOf(writerNumber(act.by), sequence, body), sealedAtMs: act.sealedAtMs };
    sequences[act.by] = sequence;
    states[act.by] = mergeAll([...seen, version]);
    all.push(version);
  }
  return all;
}

export function mergeAll(versions: readonly Version[]): readonly Version[] {
  let siblings: readonly Version[] = [];
  for (const version of versions) siblings = merge(siblings, version).siblings;
  return siblings;
}
