/**
 * The gate: nothing passes on a connection before both sides accepted each other (FORMATS 27).
 *
 * Every connection starts at the door, for `limits.helloTimeoutMs` at most. Streams that arrive
 * early wait there, for the other side may have finished the talk a moment before us. libp2p's
 * own middleware would hold them too, but in 3.3.11 it hands the n-th stream to its handler n
 * times (libp2p/js-libp2p#3534), so handlers are wrapped instead; what gossipsub opens itself
 * waits because it hears of a peer here first (gossip.ts).
 *
 * One connection of two peers stays. A dialer says hello only when it has no other connection
 * on which it hears anything, so a later hello means that the earlier connection is dead for it,
 * and the later one replaces it. When both dial at once, the dial of the smaller name wins on both
 * sides.
 */

import type {
  Connection,
  MultiaddrConnection,
  PeerId as LibraryPeerId,
  Stream,
  StreamHandler,
} from "@libp2p/interface";
import { type PeerId, parsePeerId } from "../../../protocol/ids.ts";
import type { Refusal } from "../../../protocol/refusal.ts";
import type { Refused } from "../../../protocol/wire/admission.ts";
import type { Admission, Cancel, Clock, Log } from "../../ports.ts";
import { type HelloOutcome, helloProtocol, Talk } from "./hello.ts";
import type { Meter } from "./meter.ts";

/** How a connection came through the door, or did not. Superseded: another one to the same peer stays. */
export type Passed = "admitted" | "refused" | "superseded" | "lost";

export interface GateEvents {
  /** The connection is open to everything from now on. */
  onAdmitted(peer: PeerId, connection: Connection): void;
  /** An admitted connection is gone, or its place is taken. */
  onLost(peer: PeerId, connection: Connection): void;
  onRefused(peer: PeerId, by: "us" | "them", refusal: Refusal | Refused): void;
}

export interface GateOptions {
  readonly self: PeerId;
  readonly clock: Clock;
  readonly log: Log;
  readonly admission: Admission;
  readonly events: GateEvents;
  readonly meter: Meter;
  /** Of an admitted peer: nothing is heard of it any more. */
  readonly isSilent: (peer: PeerId) => boolean;
  /** `limits.helloTimeoutMs`, but for tests. */
  readonly helloTimeoutMs: number;
}

/** Streams that may wait at one connection's door: those that overtook the last word of the talk. */
const heldStreamsMax = 8;
/** The refused side closes once it has read why; we do when it does not. */
const farewellMs = 500;

interface Passage {
  readonly peer: PeerId;
  readonly connection: Connection;
  readonly isDialed: boolean;
  phase: "talking" | "admitted" | "over";
  talk: Talk | undefined;
  heldStreams: number;
  admittedMs: number;
  readonly passed: PromiseWithResolvers<Passed>;
  /** Ends what watches over the talk: its time limit and its meter. */
  readonly stopHelloTimer: Cancel;
  readonly stopMeter: Cancel;
}

export class Gate {
  readonly #options: GateOptions;
  readonly #passages = new Map<Connection, Passage>();
  readonly #current = new Map<PeerId, Passage>();
  /** Also of connections that are gone, for as long as somebody asks. */
  readonly #passed = new WeakMap<Connection, Promise<Passed>>();

  #isStopped = false;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Connections that are still at the door. */
  get talking(): number {
    return [...this.#passages.values()].filter((passage) => passage.phase === "talking").length;
  }

  /** A socket whose other end has proven its name. @returns false: no peer of any mesh has such a name */
  expect(name: LibraryPeerId, socket: MultiaddrConnection): boolean {
    if (parsePeerId(name.toString()) === undefined) return false;
    this.#options.meter.note(socket);
    return true;
  }

  /** Every new connection of the host comes here first. */
  meet(connection: Connection): void {
    const peer = parsePeerId(connection.remotePeer.toString());
    if (peer === undefined || this.#isStopped || connection.status !== "open") {
      connection.abort(new Error("not a peer of this mesh"));
      return;
    }
    const { clock, meter, helloTimeoutMs, isSilent } = this.#options;
    const stopMeter = meter.start(connection);
    const stopHelloTimer = clock.after(helloTimeoutMs, () => {
      this.#refuse(passage, "us", { code: "hello-timeout", waitedMs: helloTimeoutMs });
      connection.abort(new Error("no hello in time"));
    });
    const passage: Passage = {
      peer,
      connection,
      isDialed: connection.direction === "outbound",
      phase: "talking",
      talk: undefined,
      heldStreams: 0,
      admittedMs: 0,
      passed: Promise.withResolvers(),
      stopHelloTimer,
      stopMeter,
    };
    const others = this.#passagesTo(peer).filter(({ phase }) => phase === "talking" || !isSilent(peer));
    this.#passages.set(connection, passage);
    this.#passed.set(connection, passage.passed.promise);
    // Who was refused is metered to the end: it has half a second to read why.
    connection.addEventListener("close", stopMeter, { once: true });
    connection.addEventListener("close", () => this.#end(passage, "lost"), { once: true });
    if (!passage.isDialed) return;
    if (others.some((other) => other.isDialed || other.talk !== undefined)) this.#supersede(passage);
    else void this.#introduce(passage);
  }

  /** How the connection came through; the answer may take until the hello's time limit. */
  async passed(connection: Connection): Promise<Passed> {
    return (await this.#passed.get(connection)) ?? "lost";
  }

  isAdmitted(peer: PeerId): boolean {
    return this.#current.has(peer);
  }

  /** The handler of the hello protocol. */
  async hear(stream: Stream, connection: Connection): Promise<void> {
    const passage = this.#passages.get(connection);
    if (passage === undefined || passage.isDialed || passage.talk !== undefined) {
      connection.abort(new Error("hello out of turn"));
      return;
    }
    const talk = new Talk(stream);
    passage.talk = talk;
    await this.#converse(passage, () =>
      talk.receive(passage.peer, this.#options.admission, () => {
        if (this.#ownDialGoesFirst(passage)) return true;
        for (const other of this.#passagesTo(passage.peer)) {
          if (other.isDialed && other.phase === "talking") this.#supersede(other);
        }
        return false;
      }),
    );
  }

  /** Wraps a handler so that it sees streams of admitted connections only. */
  guard(handler: (stream: Stream, connection: Connection, peer: PeerId) => void | Promise<void>): StreamHandler {
    return async (stream, connection) => {
      const passage = this.#passages.get(connection);
      if (passage?.phase === "talking") await this.#hold(passage);
      if (passage?.phase !== "admitted") throw new Error("not admitted");
      await handler(stream, connection, passage.peer);
    };
  }

  /** Closes the connection to an admitted peer and tells it why. */
  dismiss(peer: PeerId, refusal: Refusal): void {
    const passage = this.#current.get(peer);
    if (passage === undefined) return;
    const { talk } = passage;
    this.#refuse(passage, "us", refusal);
    void talk?.refuse(refusal).catch(() => undefined);
    this.#closeSoon(passage);
  }

  stop(): void {
    this.#isStopped = true;
    for (const passage of this.#passages.values()) this.#end(passage, "lost");
  }

  async #introduce(passage: Passage): Promise<void> {
    await this.#converse(passage, async () => {
      const talk = new Talk(await passage.connection.newStream(helloProtocol));
      passage.talk = talk;
      return await talk.introduce(passage.peer, this.#options.admission);
    });
  }

  async #converse(passage: Passage, talk: () => Promise<HelloOutcome>): Promise<void> {
    try {
      const outcome = await talk();
      switch (outcome.kind) {
        case "welcome":
          return await this.#admit(passage);
        case "refused":
          this.#refuse(passage, outcome.by, outcome.refusal);
          // Whoever hears a no hangs up.
          if (outcome.by === "them") passage.connection.abort(new Error("refused"));
          else this.#closeSoon(passage);
          return;
        case "already-connected":
          this.#end(passage, "superseded");
          if (passage.isDialed) passage.connection.abort(new Error("another connection stays"));
          else this.#closeSoon(passage);
          return;
      }
    } catch (error) {
      const why = error instanceof Error ? error : new Error(String(error));
      if (passage.phase === "talking" && passage.connection.status === "open") {
        this.#options.log.write("warn", "hello-broken", { peer: passage.peer, why: why.message });
      }
      passage.connection.abort(why);
    }
  }

  async #admit(passage: Passage): Promise<void> {
    const { peer, connection } = passage;
    const former = this.#current.get(peer);
    if (former !== undefined) {
      this.#supersede(former);
      // What hangs on the former connection notices its end in its own time; its last words
      // must not be taken for the new one's.
      await new Promise<void>((resolve) => this.#options.clock.after(0, resolve));
    }
    if (passage.phase !== "talking") return;
    passage.stopHelloTimer();
    passage.stopMeter();
    passage.phase = "admitted";
    passage.admittedMs = this.#options.clock.monotonicMs();
    this.#current.set(peer, passage);
    this.#options.events.onAdmitted(peer, connection);
    passage.passed.resolve("admitted");
    const farewell = await passage.talk?.farewell();
    if (farewell === undefined) return;
    this.#refuse(passage, "them", farewell);
    connection.abort(new Error("refused"));
  }

  #ownDialGoesFirst(passage: Passage): boolean {
    const { self, clock, helloTimeoutMs } = this.#options;
    if (self > passage.peer) return false;
    return this.#passagesTo(passage.peer).some(
      (other) =>
        other.isDialed &&
        (other.phase === "talking" ||
          // Their dial may have crossed the end of ours. Later it means that ours is dead for them.
          clock.monotonicMs() - other.admittedMs < helloTimeoutMs),
    );
  }

  async #hold(passage: Passage): Promise<void> {
    passage.heldStreams += 1;
    if (passage.heldStreams > heldStreamsMax) {
      passage.connection.abort(new Error("too many streams before hello"));
      return;
    }
    await passage.passed.promise;
  }

  #refuse(passage: Passage, by: "us" | "them", refusal: Refusal | Refused): void {
    if (passage.phase === "over") return;
    this.#end(passage, "refused");
    this.#options.events.onRefused(passage.peer, by, refusal);
  }

  #supersede(passage: Passage): void {
    this.#end(passage, "superseded");
    passage.connection.abort(new Error("another connection stays"));
  }

  #end(passage: Passage, passed: Passed): void {
    const wasAdmitted = passage.phase === "admitted";
    passage.phase = "over";
    passage.stopHelloTimer();
    passage.passed.resolve(passed);
    if (passage.connection.status !== "open") this.#passages.delete(passage.connection);
    if (!wasAdmitted) return;
    this.#current.delete(passage.peer);
    this.#options.events.onLost(passage.peer, passage.connection);
  }

  /** Leaves the other side the time to read why; nothing else passes meanwhile. */
  #closeSoon(passage: Passage): void {
    for (const stream of [...passage.connection.streams]) {
      if (stream.protocol !== helloProtocol) stream.abort(new Error("refused"));
    }
    const stop = this.#options.clock.after(farewellMs, () => passage.connection.abort(new Error("refused")));
    passage.connection.addEventListener("close", stop, { once: true });
  }

  #passagesTo(peer: PeerId): readonly Passage[] {
    return [...this.#passages.values()].filter((passage) => passage.peer === peer && passage.phase !== "over");
  }
}
