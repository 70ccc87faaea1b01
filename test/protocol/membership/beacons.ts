/** Beacons for tests: plain ones, and fast-check's. */

import fc from "fast-check";
import { importSigningKey, type SigningKey } from "../../../protocol/ed25519.ts";
import {
  type CollectionId,
  parseCollectionId,
  parseSiteId,
  peerIdOfPublicKey,
  type SiteId,
  toHex,
} from "../../../protocol/ids.ts";
import type { Beacon, CollectionSummary } from "../../../protocol/membership/beacon.ts";
import { folderStates } from "../../../protocol/membership/beacon.ts";
import { sha256 } from "../../../protocol/sha256.ts";

export function digestOf(text: string): string {
  return toHex(sha256(new TextEncoder().encode(text)));
}

export function keyNumber(number: number): SigningKey {
  return importSigningKey(sha256(new TextEncoder().encode(`key ${number}`)));
}

export function siteNumber(number: number): SiteId {
  const site = parseSiteId(digestOf(`site ${number}`));
  if (site === undefined) throw new Error("a digest is the name of a site");
  return site;
}

function collectionNamed(name: string): CollectionId {
  const collection = parseCollectionId(name);
  if (collection === undefined) throw new Error(`${name} is no name of a collection`);
  return collection;
}

export function summaryOf(name: string, fields: Partial<CollectionSummary> = {}): CollectionSummary {
  return {
    collection: collectionNamed(name),
    contextDigest: digestOf(`${name} context`),
    count: 3,
    sum: digestOf(`${name} sum`),
    progress: undefined,
    ...fields,
  };
}

export function beaconOf(key: SigningKey, fields: Partial<Beacon> = {}): Beacon {
  return {
    site: siteNumber(1),
    peer: peerIdOfPublicKey(key.publicKey.bytes),
    life: 1,
    sequence: 1,
    sealedAtMs: 1_767_225_600_000,
    documentsDigest: digestOf("documents"),
    policyVersion: 1,
    collections: [],
    total: undefined,
    load: { cpu: 0.25, memoryBytesFree: 1, memoryBytesTotal: 2, processBytes: 3, eventLoopDelayMs: 4 },
    leaving: false,
    ...fields,
  };
}

const count = fc.maxSafeNat();
const digest = fc.string({ maxLength: 4 }).map(digestOf);

const progress = fc.record({
  state: fc.constantFrom(...folderStates),
  missingFiles: count,
  missingBytes: count,
  blockedFiles: count,
  heldBack: count,
});

const summary = fc.record({
  collection: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,63}$/).map((name) => collectionNamed(`folder/${name}`)),
  contextDigest: digest,
  count,
  sum: digest,
  progress: fc.option(progress, { nil: undefined }),
});

export function arbitrarySummaries(lengthMax: number): fc.Arbitrary<CollectionSummary[]> {
  return fc.uniqueArray(summary, { selector: ({ collection }) => collection, maxLength: lengthMax });
}

export function arbitraryBeacon(key: SigningKey, summariesMax: number): fc.Arbitrary<Beacon> {
  return fc.record({
    site: fc.nat(3).map(siteNumber),
    peer: fc.constant(peerIdOfPublicKey(key.publicKey.bytes)),
    life: count,
    sequence: count,
    sealedAtMs: count,
    documentsDigest: digest,
    policyVersion: count,
    collections: arbitrarySummaries(summariesMax),
    total: fc.constant(undefined),
    load: fc.record({
      cpu: fc.integer({ min: 0, max: 1_000 }).map((perMille) => perMille / 1_000),
      memoryBytesFree: count,
      memoryBytesTotal: count,
      processBytes: count,
      eventLoopDelayMs: fc.integer({ min: 0, max: 0xffff_ffff }),
    }),
    leaving: fc.boolean(),
  });
}
