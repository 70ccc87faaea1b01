/**
 * All documents of a site that one peer knows, and the rules by which a further one joins them.
 *
 * Nothing that gave a right is forgotten: every site license and policy version stays, and every
 * install license that granted what no newer one of its seat and peer grants. So peers that heard
 * of documents in any order end with the same set, and judge the same batches alike (FORMATS 1).
 * The current one of a kind is the one of the greatest version, and never an older one (P4).
 *
 * Deciding and adding are two steps, because the document is made durable in between.
 */

import { importPublicKey, type PublicKey } from "../ed25519.ts";
import { fromHex, type PeerId, publicKeyOfSite, type SiteId, toHex } from "../ids.ts";
import { limits } from "../limits.ts";
import type { Refusal } from "../refusal.ts";
import { sha256 } from "../sha256.ts";
import { type Erasure, erasureType } from "./erasure.ts";
import { msOfInstant } from "./instant.ts";
import {
  type DocumentEntry,
  type SignedDocument,
  type SignedInstallLicense,
  type SignedPolicy,
  type SignedRevocations,
  type SignedSiteLicense,
  verifyDocument,
} from "./kinds.ts";
import { rolesOf, type SiteLicense, type SiteLimits } from "./license.ts";
import { isUnderstood, type Policy } from "./policy.ts";
import { RevocationIndex, takesBack } from "./revocations.ts";
import { type DocumentId, isRefusal, type Verified, verify } from "./verified.ts";

export type DocumentDecision =
  /** To be kept; `replaced` are no longer needed once it is. */
  | { readonly kind: "keep"; readonly replaced: readonly SignedDocument[] }
  | { readonly kind: "known" }
  /** The same version with other content is here already: keep the first, and both as proof (P4). */
  | { readonly kind: "equivocation"; readonly first: SignedDocument; readonly refusal: Refusal }
  | { readonly kind: "refuse"; readonly refusal: Refusal };

export class DocumentSet {
  readonly site: SiteId;
  /** Rises with every change. */
  revision = 0;
  readonly #authorityKeys: readonly PublicKey[];
  readonly #byId = new Map<string, SignedDocument>();
  readonly #licensesOfPeer = new Map<PeerId, readonly SignedInstallLicense[]>();
  readonly #licensesOfSeat = new Map<number, readonly SignedInstallLicense[]>();
  readonly #policies = new Map<number, SignedPolicy>();
  #siteLicense: SignedSiteLicense | undefined;
  #largestLimits: SiteLimits | undefined;
  #revocations: SignedRevocations | undefined;
  #revocationIndex = new RevocationIndex(undefined);
  #newestIssuedAtMs = 0;
  #bytes = 0;
  #digest: { readonly revision: number; readonly digest: string } | undefined;

  constructor(site: SiteId) {
    const authority = importPublicKey(publicKeyOfSite(site));
    // A site is named by its key; one of small order would let anybody sign for it.
    if (authority === undefined) throw new Error(`the site ${site} is named by an unsound key`);
    this.site = site;
    this.#authorityKeys = [authority];
  }

  // --- What is known --------------------------------------------------------------------------

  siteLicense(): SignedSiteLicense | undefined {
    return this.#siteLicense;
  }

  /** The greatest of each limit that any site license gave: what one granted, a smaller one does not undo. */
  largestLimits(): SiteLimits | undefined {
    return this.#largestLimits;
  }

  revocations(): RevocationIndex {
    return this.#revocationIndex;
  }

  newestRevocations(): SignedRevocations | undefined {
    return this.#revocations;
  }

  /** Peers that were ever licensed. */
  peers(): Iterable<PeerId> {
    return this.#licensesOfPeer.keys();
  }

  /** Newest first. */
  licensesOf(peer: PeerId): readonly SignedInstallLicense[] {
    return this.#licensesOfPeer.get(peer) ?? [];
  }

  /** The newest license of a seat, whoever it is for. */
  newestOf(seat: number): SignedInstallLicense | undefined {
    return this.#licensesOfSeat.get(seat)?.[0];
  }

  /** The policy in force: the newest that this version of the program understands. */
  policy(): SignedPolicy | undefined {
    const inForce = [...this.#policies.values()].filter(
      (policy) => this.#counts(policy) && isUnderstood(policy.document),
    );
    return inForce.reduce<SignedPolicy | undefined>(
      (newest, policy) => (newest === undefined || policy.version > newest.version ? policy : newest),
      undefined,
    );
  }

  /** Of every policy that is here, whether it counts or not. */
  newestPolicyVersion(): number {
    return Math.max(0, ...this.#policies.keys());
  }

  policyAt(version: number): Verified<Policy> | undefined {
    const policy = this.#policies.get(version);
    return policy !== undefined && this.#counts(policy) ? policy.document : undefined;
  }

  /** The greatest version held of what a document would be a version of; 0 for none. */
  newestVersionLike(document: SignedDocument): number {
    switch (document.kind) {
      case "site-license":
        return this.#siteLicense?.version ?? 0;
      case "install-license":
        return this.licensesOf(document.document.peer)[0]?.version ?? 0;
      case "revocations":
        return this.#revocations?.version ?? 0;
      case "policy":
        return this.newestPolicyVersion();
    }
  }

  /** When the authority's newest document was issued: no honest clock is before that. */
  newestIssuedAtMs(): number {
    return this.#newestIssuedAtMs;
  }

  /** What this peer has to give. */
  entries(): readonly DocumentEntry[] {
    return [...this.#byId.values()].filter((document) => document.kind !== "policy" || this.#counts(document));
  }

  find(id: DocumentId): SignedDocument | undefined {
    return this.#byId.get(idText(id));
  }

  /** Over the names and hashes of all documents: equal digests, equal sets. 64 hex digits. */
  digest(): string {
    if (this.#digest?.revision !== this.revision) {
      const lines = this.entries().map((entry) => `${idText(entry)}\0${entry.hash}\n`);
      const digest = toHex(sha256(Buffer.from(lines.toSorted().join(""))));
      this.#digest = { revision: this.revision, digest };
    }
    return this.#digest.digest;
  }

  // --- A further document ---------------------------------------------------------------------

  /** Verifies an envelope of any kind under the keys that count for it here. */
  verify(bytes: Uint8Array): SignedDocument | Refusal {
    return verifyDocument(bytes, {
      authority: this.#authorityKeys,
      policy: [...this.#authorityKeys, ...this.#administratorKeys()],
    });
  }

  /**
   * Verifies an erasure, which is kept in the record that carries it and not here. Counts what the
   * authority signed and the administrators of the newest site license, unless they were withdrawn.
   */
  verifyErasure(bytes: Uint8Array): Verified<Erasure> | Refusal {
    const administrators = this.#siteLicense?.document.administrators ?? [];
    const current = administrators.filter(({ lastPolicyVersion }) => lastPolicyVersion === undefined);
    const signed = verify(erasureType, bytes, [...this.#authorityKeys, ...keysOf(current)]);
    if (isRefusal(signed)) return signed;
    const { site } = signed.document;
    return site === this.site ? signed.document : { code: "site-foreign", site };
  }

  decide(document: SignedDocument): DocumentDecision {
    const { site } = document.document;
    if (site !== this.site) return { kind: "refuse", refusal: { code: "site-foreign", site } };
    const first = this.find(document);
    if (first?.hash === document.hash) return { kind: "known" };
    const what = `${document.kind} ${document.name}`;
    const { version } = document;
    if (first !== undefined) {
      return { kind: "equivocation", first, refusal: { code: "document-equivocation", what, version } };
    }
    const refusal = this.#refusalOf(document, what);
    if (refusal !== undefined) return { kind: "refuse", refusal };
    return { kind: "keep", replaced: this.#replacedBy(document) };
  }

  /** @param replaced as `decide` said */
  add(document: SignedDocument, replaced: readonly SignedDocument[]): void {
    for (const old of replaced) {
      this.#byId.delete(idText(old));
      this.#bytes -= old.envelope.length;
    }
    this.#byId.set(idText(document), document);
    this.#bytes += document.envelope.length;
    this.revision += 1;
    if (document.kind === "policy") this.#policies.set(document.version, document);
    else this.#newestIssuedAtMs = Math.max(this.#newestIssuedAtMs, msOfInstant(document.document.issuedAt));
    if (document.kind === "site-license") this.#addSiteLicense(document);
    if (document.kind === "revocations" && document.version > (this.#revocations?.version ?? 0)) {
      this.#revocations = document;
      this.#revocationIndex = new RevocationIndex(document.document);
    }
    if (document.kind === "install-license") {
      const { peer, seat } = document.document;
      this.#licensesOfPeer.set(peer, newestFirst(this.#licensesOfPeer.get(peer) ?? [], document, replaced));
      this.#licensesOfSeat.set(seat, newestFirst(this.#licensesOfSeat.get(seat) ?? [], document, replaced));
    }
  }

  #refusalOf(document: SignedDocument, what: string): Refusal | undefined {
    const { version } = document;
    const documents = this.#byId.size;
    if (documents >= limits.documentsMax || this.#bytes + document.envelope.length > limits.documentsBytesMax) {
      return { code: "documents-full", documents, bytes: this.#bytes };
    }
    switch (document.kind) {
      case "site-license":
        return undefined;
      case "install-license": {
        const better = this.licensesOf(document.document.peer).find((held) => grantsAll(held, document));
        return better && { code: "document-older", what, version, current: better.version };
      }
      case "revocations": {
        const current = this.#revocations;
        if (current === undefined) return undefined;
        if (version < current.version) return { code: "document-older", what, version, current: current.version };
        return jump(what, version, current.version) ?? takesBack(current.document, document.document);
      }
      case "policy": {
        if (!this.#counts(document)) return { code: "signature-invalid", signer: document.signers.join(" ") };
        const current = this.newestPolicyVersion();
        return current === 0 ? undefined : jump(what, version, current);
      }
    }
  }

  #replacedBy(document: SignedDocument): readonly SignedDocument[] {
    if (document.kind === "revocations") return this.#revocations === undefined ? [] : [this.#revocations];
    if (document.kind !== "install-license") return [];
    return this.licensesOf(document.document.peer).filter((held) => grantsAll(document, held));
  }

  #addSiteLicense(license: SignedSiteLicense): void {
    const { regions, groups, servers, watchers } = license.document.limits;
    const largest = this.#largestLimits;
    this.#largestLimits = {
      regions: Math.max(regions, largest?.regions ?? 0),
      groups: Math.max(groups, largest?.groups ?? 0),
      servers: Math.max(servers, largest?.servers ?? 0),
      watchers: Math.max(watchers, largest?.watchers ?? 0),
    };
    if (license.version > (this.#siteLicense?.version ?? 0)) this.#siteLicense = license;
  }

  #administratorKeys(): readonly PublicKey[] {
    return keysOf(this.#siteLicense?.document.administrators ?? []);
  }

  /** Whether everybody who signed a policy may sign that version, by the newest site license. */
  #counts(policy: SignedPolicy): boolean {
    return policy.signers.every(
      (signer) =>
        signer === this.site ||
        this.#siteLicense?.document.administrators.some(
          ({ publicKey, lastPolicyVersion }) =>
            publicKey === signer && policy.version <= (lastPolicyVersion ?? limits.integerMax),
        ),
    );
  }
}

function keysOf(administrators: SiteLicense["administrators"]): readonly PublicKey[] {
  return administrators.map(({ publicKey }) => importPublicKey(fromHex(publicKey))).filter((key) => key !== undefined);
}

function idText(id: DocumentId): string {
  return `${id.kind}\0${id.name}\0${id.version}`;
}

function newestFirst(
  held: readonly SignedInstallLicense[],
  added: SignedInstallLicense,
  replaced: readonly SignedDocument[],
): readonly SignedInstallLicense[] {
  return [...held.filter((license) => !replaced.includes(license)), added].toSorted((a, b) => b.version - a.version);
}

/** Whether a newer license of the same seat and peer grants everything that the older one did. */
function grantsAll(newer: SignedInstallLicense, older: SignedInstallLicense): boolean {
  const [one, other] = [newer.document, older.document];
  return (
    one.serial > other.serial &&
    one.seat === other.seat &&
    one.peer === other.peer &&
    one.region === other.region &&
    one.group === other.group &&
    one.server === other.server &&
    [...rolesOf(other)].every((role) => rolesOf(one).has(role))
  );
}

/** A version far ahead is a slip of the hand that would leave no numbers for the next ones. */
function jump(what: string, version: number, current: number): Refusal | undefined {
  if (version <= current + limits.documentVersionJumpMax) return undefined;
  return { code: "document-version-jump", what, version, current };
}
