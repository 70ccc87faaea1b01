/** Signed documents as a test decides them. */

import type { BatchFacts, BatchJudgement } from "../../../protocol/documents/rights.ts";
import { type FolderId, type PeerId, siteIdOfPublicKey } from "../../../protocol/ids.ts";
import type { Place } from "../../../protocol/membership/place.ts";
import type { Cancel } from "../../../node/ports.ts";
import type { RecordsTrust } from "../../../node/records/trust-view.ts";

const testSite = siteIdOfPublicKey(new Uint8Array(32).fill(7));

/** What all peers of a test agree on. */
export class TestDocuments {
  readonly members = new Map<PeerId, Place>();
  /** Peers that do not hold a folder; all others hold all. */
  readonly withoutFolder = new Set<PeerId>();
  version = 1;
  judge: (facts: BatchFacts) => BatchJudgement = () => ({ kind: "accept" });
}

export class StubTrust implements RecordsTrust {
  readonly site = testSite;
  readonly self: PeerId;
  readonly documents: TestDocuments;
  /** What this peer has learnt of the documents; more than that it holds back. */
  knownVersion: number | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(self: PeerId, documents: TestDocuments) {
    this.self = self;
    this.documents = documents;
  }

  member(peer: PeerId): { readonly place: Place } | undefined {
    const place = this.documents.members.get(peer);
    return place && { place };
  }

  members(): readonly { readonly peer: PeerId }[] {
    return [...this.documents.members.keys()].map((peer) => ({ peer }));
  }

  holds(peer: PeerId, _folder: FolderId): boolean {
    return this.documents.members.has(peer) && !this.documents.withoutFolder.has(peer);
  }

  licensedAtMs(): number {
    return 0;
  }

  tombstoneDays(): number {
    return 90;
  }

  policyVersion(): number {
    return this.documents.version;
  }

  judgeBatch(facts: BatchFacts): BatchJudgement {
    const known = this.knownVersion ?? this.documents.version;
    if (facts.policyVersion > known) return { kind: "hold", missing: `policy ${facts.policyVersion}` };
    return this.documents.judge(facts);
  }

  onChange(listener: () => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
