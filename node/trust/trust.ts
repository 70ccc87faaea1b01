/**
 * Trust: every question that signed documents answer. Who is a member, who holds which folder, may
 * this peer connect, does this batch count.
 *
 * Answers come from the documents that are stored, at once and without waiting, because they are
 * asked for at every message. What a hello shows that is new is stored in the background; until
 * then it speaks for its own peer alone.
 */

import type { Erasure } from "../../protocol/documents/erasure.ts";
import { envelopesInFile } from "../../protocol/documents/file.ts";
import type { SignedInstallLicense } from "../../protocol/documents/kinds.ts";
import type { SiteLicense } from "../../protocol/documents/license.ts";
import { msOfInstant } from "../../protocol/documents/instant.ts";
import {
  defaultTombstoneDays,
  folderOf,
  isHolder,
  type LinkRule,
  linkRule,
  type Policy,
} from "../../protocol/documents/policy.ts";
import { type BatchFacts, type BatchJudgement, judgeBatch } from "../../protocol/documents/rights.ts";
import { judgeKnown, type Member, memberOf, type Roster, rosterAt } from "../../protocol/documents/roster.ts";
import { authorityTimeMs } from "../../protocol/documents/seats.ts";
import { isRefusal, type Verified } from "../../protocol/documents/verified.ts";
import type { CollectionId, FolderId, PeerId, SiteId, WriterId } from "../../protocol/ids.ts";
import { linkClassBetween } from "../../protocol/membership/place.ts";
import { describeRefusal, type Refusal } from "../../protocol/refusal.ts";
import { encodeHello } from "../../protocol/wire/hello.ts";
import type { Identity } from "../identity.ts";
import type { Admission, Cancel, Ports } from "../ports.ts";
import { envelopesInHello, judgeHello, protocolVersions } from "./admission.ts";
import { DocumentStore, type OfferOutcome } from "./document-store.ts";
import { pinnedSite } from "./first-trust.ts";

export type { BatchFacts, BatchJudgement } from "../../protocol/documents/rights.ts";
export type { Member } from "../../protocol/documents/roster.ts";

export interface TrustOptions {
  readonly ports: Pick<Ports, "clock" | "store" | "log">;
  readonly identity: Identity;
  /** Contents of the files that an operator brought: licenses first, then a policy. */
  readonly documents: readonly Uint8Array[];
  /** Program and version, for the logs of other peers. */
  readonly agent?: string;
}

/** There is no site to belong to, or a file is not what it should be: nothing for the peer to start with. */
export class TrustError extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(describeRefusal(refusal));
    this.name = "TrustError";
    this.refusal = refusal;
  }
}

/** What follows from the documents at a revision and a time: worked out when first asked for. */
interface View {
  readonly revision: number;
  readonly roster: Roster;
  readonly members: readonly Member[];
  readonly policy: Verified<Policy> | undefined;
  readonly holders: Map<FolderId, readonly Member[]>;
}

export class Trust implements Admission {
  readonly site: SiteId;
  readonly self: PeerId;
  readonly documents: DocumentStore;
  readonly #ports: TrustOptions["ports"];
  readonly #agent: string;
  readonly #listeners = new Set<() => void>();
  /** Peers that showed a license which is being stored. */
  readonly #arriving = new Map<PeerId, SignedInstallLicense>();
  /** The documents that admitted peers said they know, by the digest in their hello. */
  readonly #shownDigests = new Map<PeerId, string>();
  #view: View | undefined;
  #cancelTimer: Cancel = () => {};
  #cancelGathering: Cancel | undefined;
  #isMoreToTell = false;
  /** What listeners know of. */
  #told: View | undefined;

  private constructor(options: TrustOptions, documents: DocumentStore) {
    this.site = documents.set.site;
    this.self = options.identity.peer;
    this.documents = documents;
    this.#ports = options.ports;
    this.#agent = options.agent ?? "cdmesh";
    documents.onStored(() => this.#tell());
  }

  /**
   * A peer whose license is expired or revoked opens all the same: `ownProblem` says why
   * it neither sends nor receives.
   * @throws TrustError
   */
  static async open(options: TrustOptions): Promise<Trust> {
    const { store, log } = options.ports;
    const envelopes = options.documents.flatMap((file) => orThrow(envelopesInFile(file)));
    const site = orThrow(await pinnedSite(store, envelopes));
    const trust = new Trust(options, await DocumentStore.open({ store, log, site }));
    for (const envelope of envelopes) await trust.#offerFromFile(envelope);
    trust.#told = trust.#current();
    trust.#watchTime();
    return trust;
  }

  /** No more is said of the time; all answers stay. */
  stop(): void {
    this.#cancelTimer();
    this.#cancelGathering?.();
  }

  // --- Members --------------------------------------------------------------------------------

  /** A licensed peer, at this moment. */
  member(peer: PeerId): Member | undefined {
    const known = this.#current().roster.members.get(peer);
    if (known !== undefined) return known;
    const arriving = this.#arriving.get(peer);
    return arriving && memberOf(arriving.document);
  }

  members(): readonly Member[] {
    return this.#current().members;
  }

  /** When a peer got its newest license, ms since 1970; 0 for one without. */
  licensedAtMs(peer: PeerId): number {
    const [newest] = this.documents.set.licensesOf(peer);
    return newest === undefined ? 0 : msOfInstant(newest.document.issuedAt);
  }

  own(): Member | undefined {
    return this.member(this.self);
  }

  /** Why this peer itself neither sends nor receives; undefined when it may. */
  ownProblem(): Refusal | undefined {
    return this.standing(this.self);
  }

  /** Why a peer may not be connected any more, judged by what is known now; undefined when it may. */
  standing(peer: PeerId): Refusal | undefined {
    if (this.member(peer) !== undefined) return undefined;
    const { set } = this.documents;
    const [newest] = set.licensesOf(peer);
    if (newest === undefined) return { code: "license-missing" };
    return judgeKnown(newest.document, set, set.siteLicense(), this.#nowMs());
  }

  siteLicense(): Verified<SiteLicense> | undefined {
    return this.documents.set.siteLicense()?.document;
  }

  // --- Policy ---------------------------------------------------------------------------------

  policy(): Verified<Policy> | undefined {
    return this.#current().policy;
  }

  policyAt(version: number): Verified<Policy> | undefined {
    return this.documents.set.policyAt(version);
  }

  /** 0 before the first policy. */
  policyVersion(): number {
    return this.policy()?.version ?? 0;
  }

  /** Members to whom the policy in force gives a folder. */
  holders(folder: FolderId): readonly Member[] {
    const { policy, members, holders } = this.#current();
    const known = holders.get(folder);
    if (known !== undefined) return known;
    const rules = policy === undefined ? undefined : folderOf(policy, folder);
    // Not remembered: a peer could ask for any number of folders that do not exist.
    if (rules === undefined) return [];
    const found = members.filter((member) => isHolder(rules, member.place));
    holders.set(folder, found);
    return found;
  }

  holds(peer: PeerId, folder: FolderId): boolean {
    const { policy } = this.#current();
    const rules = policy === undefined ? undefined : folderOf(policy, folder);
    const member = this.member(peer);
    return rules !== undefined && member !== undefined && isHolder(rules, member.place);
  }

  ownFolders(): readonly FolderId[] {
    const folders = this.policy()?.folders ?? [];
    return folders.map(({ id }) => id).filter((id) => this.holds(this.self, id));
  }

  /** What the policy in force says of the link between this peer and another; of a stranger, as of the farthest. */
  linkTo(peer: PeerId): LinkRule {
    const [own, other] = [this.own(), this.member(peer)];
    const linkClass =
      own === undefined || other === undefined ? "international" : linkClassBetween(own.place, other.place);
    return linkRule(this.policy(), linkClass);
  }

  /** A member that was not heard of for so long is not waited for. */
  tombstoneDays(): number {
    return this.policy()?.tombstoneDays ?? defaultTombstoneDays;
  }

  // --- Batches --------------------------------------------------------------------------------

  /** A function of signed documents alone (FORMATS 1, 2): ask again for what was held when they change. */
  judgeBatch(facts: BatchFacts): BatchJudgement {
    return judgeBatch(facts, this.documents.set);
  }

  /** The last sequence of a writer that counts in a collection; undefined while nothing cut it. */
  lastValid(writer: WriterId, collection: CollectionId): number | undefined {
    return this.documents.set.revocations().lastValid(writer, collection);
  }

  /** What an administrator erased, if the envelope is one of this site's. */
  erasure(envelope: Uint8Array): Verified<Erasure> | Refusal {
    return this.documents.set.verifyErasure(envelope);
  }

  // --- Documents ------------------------------------------------------------------------------

  /**
   * Verifies, persists durably, then acts.
   * @throws when the store could not make it durable; then nothing has changed
   */
  offer(envelope: Uint8Array): Promise<OfferOutcome> {
    return this.documents.offer(envelope);
  }

  /** Over all documents known, 64 hex digits: equal digests, equal documents. */
  documentsDigest(): string {
    return this.documents.set.digest();
  }

  /** The digest that an admitted peer showed in its hello. */
  shownDigest(peer: PeerId): string | undefined {
    return this.#shownDigests.get(peer);
  }

  /**
   * Hears that documents changed, or that members came or went because a time was over. Changes
   * that follow each other closely are told together.
   */
  onChange(listener: () => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  // --- Admission ------------------------------------------------------------------------------

  hello(): Uint8Array {
    const { set } = this.documents;
    const own = this.own();
    const licenses = set.licensesOf(this.self);
    const shown = licenses.find((license) => license.version === own?.serial) ?? licenses[0];
    return encodeHello({
      versionMin: protocolVersions.min,
      versionMax: protocolVersions.max,
      site: this.site,
      siteLicense: set.siteLicense()?.envelope ?? new Uint8Array(),
      installLicense: shown?.envelope,
      documentsDigest: set.digest(),
      agent: this.#agent,
    });
  }

  judge(peer: PeerId, hello: Uint8Array): Refusal | undefined {
    const problem = this.ownProblem();
    if (problem !== undefined) return { code: "self-unlicensed", why: describeRefusal(problem) };
    const admitted = judgeHello(peer, hello, this.documents.set, this.#nowMs());
    if (isRefusal(admitted)) {
      // Two documents under one number: refused, and the second kept as proof.
      if (admitted.code === "document-equivocation") void this.#learn(peer, envelopesInHello(hello));
      return admitted;
    }
    this.#shownDigests.set(peer, admitted.hello.documentsDigest);
    if (admitted.news.includes(admitted.license)) this.#arriving.set(peer, admitted.license);
    const news = admitted.news.map((document) => document.envelope);
    if (news.length > 0) void this.#learn(peer, news);
    return undefined;
  }

  async #learn(peer: PeerId, envelopes: readonly Uint8Array[]): Promise<void> {
    try {
      for (const envelope of envelopes) await this.offer(envelope);
    } catch (error) {
      // The connection stands on what the peer showed, and it will show it again with its next hello.
      this.#ports.log.write("error", "document-not-stored", { from: peer, why: String(error) });
    }
    this.#arriving.delete(peer);
  }

  /** A restart with the files of long ago is no reason to go back: what is older is ignored with a line. */
  async #offerFromFile(envelope: Uint8Array): Promise<void> {
    const { log } = this.#ports;
    const signed = orThrow(this.documents.set.verify(envelope));
    const { kind, version, document } = signed;
    if (kind === "install-license" && document.peer !== this.self) {
      // Whoever mixed up two files would find a peer that runs and takes no part.
      throw new TrustError({ code: "license-of-another-peer", peer: document.peer });
    }
    const current = this.documents.set.newestVersionLike(signed);
    if (version < current) {
      log.write("info", "file-older", { kind, version, current });
      return;
    }
    const outcome = await this.offer(envelope);
    // Equivocation is an alarm of its own, logged with its proof; the first version stays in force.
    if (isRefusal(outcome) && outcome.code !== "document-equivocation") throw new TrustError(outcome);
  }

  /** Licenses begin and end by the time alone. The calendar may step, so it is looked at again and again. */
  #watchTime(): void {
    const { roster } = this.#current();
    const delayMs = Math.min(Math.max(roster.untilMs - this.#nowMs(), timeCheckMsMin), timeCheckMsMax);
    this.#cancelTimer = this.#ports.clock.after(delayMs, () => {
      if (this.#current() !== this.#told) this.#tell();
      this.#watchTime();
    });
  }

  /** The first change at once, further ones together: a newcomer gets hundreds of documents in a row. */
  #tell(): void {
    if (this.#cancelGathering !== undefined) {
      this.#isMoreToTell = true;
      return;
    }
    this.#isMoreToTell = false;
    this.#cancelGathering = this.#ports.clock.after(gatherMs, () => {
      this.#cancelGathering = undefined;
      if (this.#isMoreToTell) this.#tell();
    });
    this.#told = this.#current();
    for (const listener of this.#listeners) listener();
  }

  #current(): View {
    const { set } = this.documents;
    const nowMs = this.#nowMs();
    const view = this.#view;
    if (view?.revision === set.revision && view.roster.fromMs <= nowMs && nowMs < view.roster.untilMs) return view;
    const roster = rosterAt(set, nowMs);
    const members = [...roster.members.values()];
    this.#view = { revision: set.revision, roster, members, policy: set.policy()?.document, holders: new Map() };
    return this.#view;
  }

  #nowMs(): number {
    return authorityTimeMs(this.#ports.clock.wallMs(), this.documents.set.newestIssuedAtMs());
  }
}

/** While the clock stands before the authority's newest word, the time that counts stands still. */
const timeCheckMsMin = 100;
const timeCheckMsMax = 60_000;
const gatherMs = 50;

function orThrow<Value>(result: Value | Refusal): Value {
  if (isRefusal(result)) throw new TrustError(result);
  return result;
}
