/**
 * Document sync: every peer of a site gets to know the same signed documents (FORMATS 26).
 *
 * An announcement travels one hop. Who hears one pulls the document from whoever announced it,
 * makes it durable, and only then announces it on; so who announces a document has it. Whatever
 * was missed shows in the digest that hellos and beacons carry: where it differs, the two lists
 * are compared and what is new is pulled.
 *
 * Documents are signed, so a peer can only waste time here: it is asked for one thing at a time,
 * and rests when it answers with what it should not.
 */

import { type DocumentKind, documentKinds, type SignedDocument } from "../../protocol/documents/kinds.ts";
import { hashOfEnvelope, isRefusal } from "../../protocol/documents/verified.ts";
import type { PeerId } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import { describeRefusal } from "../../protocol/refusal.ts";
import {
  decodeAnnouncement,
  decodeDocumentsAnswer,
  encodeAnnouncement,
  encodeDocumentsRequest,
  type DocumentsAnswer,
  type ListedDocument,
} from "../../protocol/wire/documents.ts";
import { type Cancel, type Ports, RefusedError, RequestError, type Verdict } from "../ports.ts";
import type { Switchboard } from "../switchboard.ts";
import { DocumentServer } from "./document-server.ts";
import { Doorkeeper } from "./doorkeeper.ts";
import type { Trust } from "./trust.ts";

export interface DocumentSyncOptions {
  readonly ports: Pick<Ports, "clock" | "log">;
  readonly switchboard: Switchboard;
  readonly trust: Trust;
}

/** What there is to do with a connected peer. */
interface Neighbour {
  readonly peer: PeerId;
  /** Over the documents that it said it knows. */
  digest: string | undefined;
  /** Its digest and ours after the last comparison: the same two have nothing new for us. */
  compared: string | undefined;
  /** What it announced and we have not. */
  announced: readonly ListedDocument[];
  /** On the monotonic clock: nothing is asked before. */
  restsUntilMs: number;
  /** How often it answered with documents that do not verify. */
  offences: number;
  isBusy: boolean;
}

export const documentsProtocol = "/cdmesh/1/documents";
/** Announcements gather this long. */
const gatherMs = 50;
/** A comparison that brought more than this was a newcomer's; what it brought is no news to others. */
const newsMax = 16;
const requestTimeoutMs = 10_000;
/** Between two comparisons with the same peer. */
const comparisonRestMs = 1_000;
/** After no answer, or one that led nowhere. */
const failureRestMs = 5_000;
/**
 * After a document that was not asked for or does not verify. Once may be innocent, such as a policy that came before
 * the license that names its administrator; each time doubles the rest.
 */
const offenceRestMs = 2_000;
const offenceDoublingsMax = 8;
const uselessMax = 4_096;
const pastDigestsMax = 64;

export class DocumentSync {
  readonly #options: DocumentSyncOptions;
  readonly #topic: string;
  readonly #doorkeeper: Doorkeeper;
  readonly #neighbours = new Map<PeerId, Neighbour>();
  readonly #stopping = new AbortController();
  /** Hashes that are being pulled. */
  readonly #underWay = new Set<string>();
  /** Hashes of documents that were judged and not kept: older ones, second versions. */
  readonly #useless = new Set<string>();
  /** Hashes that are pulled in bulk, not to be announced on. */
  readonly #quiet = new Set<string>();
  /** What our own digest was: who is there has nothing that we lack. */
  readonly #pastDigests = new Set<string>();
  #news: readonly ListedDocument[] = [];
  #isComparing = false;
  #cancels: readonly Cancel[] = [];
  #cancelAnnounce: Cancel | undefined;
  #cancelWake: Cancel | undefined;

  constructor(options: DocumentSyncOptions) {
    const { switchboard, trust } = options;
    this.#options = options;
    this.#topic = `cdmesh/1/${trust.site.slice(0, 16)}/documents`;
    this.#doorkeeper = new Doorkeeper(options);
    const server = new DocumentServer(trust.documents.set);
    switchboard.serve(documentsProtocol, async (_peer, body) => server.answer(body));
    // Before the network starts, so that no peer comes up unnoticed.
    this.#cancels = [
      switchboard.onEvent((event) => {
        if (event.kind === "up") this.#up(event.peer);
        if (event.kind === "down") this.#neighbours.delete(event.peer);
      }),
      trust.documents.onStored((document) => this.#stored(document)),
    ];
  }

  /** Once the network has started. */
  start(): void {
    const { switchboard } = this.#options;
    this.#cancels = [...this.#cancels, switchboard.hear(this.#topic, (from, data) => this.#hear(from, data))];
    this.#doorkeeper.start();
    this.#pump();
  }

  stop(): void {
    this.#stopping.abort();
    this.#doorkeeper.stop();
    for (const cancel of this.#cancels) cancel();
    this.#cancelAnnounce?.();
    this.#cancelWake?.();
  }

  /** A peer said over which documents it knows, in a beacon for instance. */
  hint(peer: PeerId, digest: string): void {
    const neighbour = this.#neighbours.get(peer);
    if (neighbour === undefined || neighbour.digest === digest) return;
    neighbour.digest = digest;
    this.#pump();
  }

  #up(peer: PeerId): void {
    const digest = this.#options.trust.shownDigest(peer);
    const fresh = { digest, compared: undefined, announced: [], restsUntilMs: 0, offences: 0, isBusy: false };
    this.#neighbours.set(peer, { peer, ...fresh });
    this.#pump();
  }

  // --- Announcements --------------------------------------------------------------------------

  #stored(document: SignedDocument): void {
    if (this.#quiet.delete(document.hash)) return;
    const { kind, name, version, hash } = document;
    this.#news = [...this.#news, { kind, name, version, hash }];
    this.#cancelAnnounce ??= this.#options.ports.clock.after(gatherMs, () => this.#announce());
  }

  #announce(): void {
    const { ports, switchboard, trust } = this.#options;
    const news = this.#news.slice(0, limits.documentsAnnouncedMax);
    this.#news = this.#news.slice(news.length);
    this.#cancelAnnounce = this.#news.length === 0 ? undefined : ports.clock.after(gatherMs, () => this.#announce());
    switchboard.network.publish(this.#topic, encodeAnnouncement(trust.self, news)).catch((error: unknown) => {
      // The digest in the next beacon says it again.
      ports.log.write("debug", "documents-unannounced", { why: String(error) });
    });
  }

  #hear(from: PeerId, data: Uint8Array): Verdict {
    const announced = decodeAnnouncement(data);
    if (isRefusal(announced)) return "reject";
    const neighbour = this.#neighbours.get(from);
    if (neighbour !== undefined && neighbour.announced.length < limits.documentsAnnouncedMax) {
      neighbour.announced = [...neighbour.announced, ...announced.filter((document) => this.#isWanted(document))];
      this.#pump();
    }
    // Not passed on as it is: this peer announces the document itself once it has it.
    return "ignore";
  }

  // --- Pulling --------------------------------------------------------------------------------

  /** Starts whatever can be done now, and wakes up for what must wait. */
  #pump(): void {
    const { clock } = this.#options.ports;
    if (this.#stopping.signal.aborted) return;
    const nowMs = clock.monotonicMs();
    let wakeMs = Infinity;
    for (const neighbour of this.#neighbours.values()) {
      if (neighbour.isBusy) continue;
      if (neighbour.restsUntilMs > nowMs) {
        if (neighbour.announced.length > 0 || this.#differs(neighbour))
          wakeMs = Math.min(wakeMs, neighbour.restsUntilMs);
      } else if (neighbour.announced.length > 0) {
        const { announced } = neighbour;
        neighbour.announced = [];
        void this.#work(neighbour, () => this.#bring(neighbour, announced));
      } else if (!this.#isComparing && this.#differs(neighbour)) {
        void this.#work(neighbour, () => this.#compare(neighbour));
      }
    }
    this.#cancelWake?.();
    this.#cancelWake = wakeMs === Infinity ? undefined : clock.after(wakeMs - nowMs, () => this.#pump());
  }

  async #work(neighbour: Neighbour, act: () => Promise<void>): Promise<void> {
    neighbour.isBusy = true;
    try {
      await act();
    } catch (error) {
      // Without an answer another peer, or this one later, will do; anything else is our own trouble.
      const isUnanswered = error instanceof RefusedError || error instanceof RequestError;
      const level = isUnanswered ? "debug" : "error";
      this.#options.ports.log.write(level, "documents-not-brought", { peer: neighbour.peer, why: String(error) });
      this.#rest(neighbour, failureRestMs);
    }
    neighbour.isBusy = false;
    this.#pump();
  }

  /** One list at a time: after it the digests of others may be equal to ours. */
  async #compare(neighbour: Neighbour): Promise<void> {
    const { trust } = this.#options;
    const { digest } = neighbour;
    this.#isComparing = true;
    try {
      this.#rest(neighbour, comparisonRestMs);
      const { documents } = await this.#ask(neighbour.peer, []);
      await this.#bring(neighbour, documents);
      neighbour.compared = `${digest}/${trust.documentsDigest()}`;
    } finally {
      this.#isComparing = false;
    }
  }

  /** Whether a peer may know what we do not. */
  #differs(neighbour: Neighbour): boolean {
    const own = this.#options.trust.documentsDigest();
    const { digest, compared } = neighbour;
    if (this.#pastDigests.size >= pastDigestsMax) this.#pastDigests.clear();
    this.#pastDigests.add(own);
    return digest !== undefined && !this.#pastDigests.has(digest) && compared !== `${digest}/${own}`;
  }

  /** Pulls those of a peer's documents that are new here. */
  async #bring(neighbour: Neighbour, listed: readonly ListedDocument[]): Promise<void> {
    let wanted = inOrder(listed.filter((document) => this.#isWanted(document)));
    const hashes = wanted.map(({ hash }) => hash);
    for (const hash of hashes) this.#underWay.add(hash);
    if (hashes.length > newsMax) for (const hash of hashes) this.#quiet.add(hash);
    try {
      while (wanted.length > 0) {
        const { envelopes } = await this.#ask(neighbour.peer, wanted.slice(0, limits.documentsPerRequestMax));
        for (const envelope of envelopes) {
          const hash = hashOfEnvelope(envelope);
          const isAsked = wanted.some((document) => document.hash === hash);
          if (!isAsked || !(await this.#take(envelope))) return this.#offend(neighbour);
        }
        const left = wanted.filter((document) => this.#isMissing(document));
        if (left.length === wanted.length) {
          this.#rest(neighbour, failureRestMs);
          return;
        }
        wanted = left;
      }
    } finally {
      for (const hash of hashes) {
        this.#underWay.delete(hash);
        this.#quiet.delete(hash);
      }
    }
  }

  /** @returns false for what no honest peer passes on */
  async #take(envelope: Uint8Array): Promise<boolean> {
    const { ports, trust } = this.#options;
    const outcome = await trust.offer(envelope);
    if (!isRefusal(outcome)) return true;
    ports.log.write("warn", "document-refused", { why: describeRefusal(outcome) });
    const document = trust.documents.set.verify(envelope);
    if (isRefusal(document)) return false;
    // Soundly signed and of no use, now or ever: not asked for again.
    if (outcome.code === "document-older" || outcome.code === "document-equivocation") {
      if (this.#useless.size >= uselessMax) this.#useless.clear();
      this.#useless.add(document.hash);
    }
    return true;
  }

  #offend(neighbour: Neighbour): void {
    neighbour.offences = Math.min(neighbour.offences + 1, offenceDoublingsMax);
    const restMs = offenceRestMs * 2 ** neighbour.offences;
    this.#options.ports.log.write("warn", "documents-unsound", { peer: neighbour.peer, restMs });
    this.#rest(neighbour, restMs);
  }

  async #ask(peer: PeerId, documents: readonly ListedDocument[]): Promise<DocumentsAnswer> {
    const { switchboard } = this.#options;
    const options = { timeoutMs: requestTimeoutMs, signal: this.#stopping.signal };
    const body = encodeDocumentsRequest(documents);
    const answer = decodeDocumentsAnswer(await switchboard.network.request(peer, documentsProtocol, body, options));
    if (isRefusal(answer)) throw new RefusedError(answer);
    return answer;
  }

  #isWanted(document: ListedDocument): boolean {
    return this.#isMissing(document) && !this.#underWay.has(document.hash);
  }

  /** Of a kind known here, not held with this content, and not yet judged useless. */
  #isMissing(document: ListedDocument): boolean {
    const isKnownKind = documentKinds.some((kind) => kind === document.kind);
    const held = this.#options.trust.documents.set.find(document);
    return isKnownKind && held?.hash !== document.hash && !this.#useless.has(document.hash);
  }

  #rest(neighbour: Neighbour, restMs: number): void {
    neighbour.restsUntilMs = Math.max(neighbour.restsUntilMs, this.#options.ports.clock.monotonicMs() + restMs);
  }
}

/** In the order in which they can be judged. */
function inOrder(documents: readonly ListedDocument[]): readonly ListedDocument[] {
  const place = new Map<string, number>(documentKinds.map((kind: DocumentKind, at) => [kind, at]));
  return documents.toSorted(
    (one, other) => (place.get(one.kind) ?? 0) - (place.get(other.kind) ?? 0) || one.version - other.version,
  );
}
