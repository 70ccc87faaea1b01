/**
 * A connection of two simulated peers: two ends, each with its own idea of whether it still stands.
 *
 * An end that closes knows so at once, the other one when word has come, after all that was sent
 * before. While the line is cut no word comes; each end then gives up on its own when it has heard
 * nothing for too long, as the watchdog of the real network does.
 */

import type { Cancel } from "../../node/ports.ts";
import type { PeerId } from "../../protocol/ids.ts";
import type { HelloAnswer, Refused } from "../../protocol/wire/admission.ts";
import type { Lane, NetworkFabric } from "./network-fabric.ts";
import type { Stage } from "./world.ts";

export type Answer =
  | { readonly kind: "ok"; readonly body: Uint8Array }
  | { readonly kind: "refused"; readonly refused: Refused }
  | { readonly kind: "failed" }
  | { readonly kind: "too-large" }
  /** The stream was reset: word of it, not an answer. */
  | { readonly kind: "lost" };

export type Message =
  | { readonly kind: "talk"; readonly answer: HelloAnswer }
  | { readonly kind: "request"; readonly id: number; readonly protocol: string; readonly body: Uint8Array }
  | { readonly kind: "answer"; readonly id: number; readonly answer: Answer }
  | { readonly kind: "gossip"; readonly topic: string; readonly data: Uint8Array };

/** Who holds an end of a connection. */
export interface EndOwner {
  readonly self: PeerId;
  readonly stage: Stage;
  /** Somebody connected. */
  onConnection(end: End): void;
  onMessage(end: End, message: Message): void;
  /** The end is no use any more, whoever ended it. */
  onClosed(end: End): void;
}

/** How long the real watchdog waits in silence, and up to how much longer until it looks. */
const silenceMs = 45_000;
const silenceSlackMs = 10_000;

export class Connection {
  readonly #fabric: NetworkFabric;
  readonly #ends: readonly [dialer: End, listener: End];
  #silences: Cancel[] = [];

  /** @returns the dialer's end; the listener was told of its own */
  static open(fabric: NetworkFabric, dialer: EndOwner, listener: EndOwner): End {
    const connection = new Connection(fabric, dialer, listener);
    fabric.opened(connection);
    listener.onConnection(connection.#ends[1]);
    return connection.#ends[0];
  }

  private constructor(fabric: NetworkFabric, dialer: EndOwner, listener: EndOwner) {
    this.#fabric = fabric;
    this.#ends = [new End(fabric, this, dialer, listener, true), new End(fabric, this, listener, dialer, false)];
  }

  endOf(peer: PeerId): End | undefined {
    return this.#ends.find((end) => end.self === peer);
  }

  endOpposite(end: End): End {
    return end === this.#ends[0] ? this.#ends[1] : this.#ends[0];
  }

  reset(): void {
    for (const end of this.#ends) end.close();
  }

  ended(): void {
    if (this.#ends.some((end) => end.isOpen)) return;
    for (const cancel of this.#silences) cancel();
    this.#fabric.closed(this);
  }

  faultsChanged(): void {
    if (!this.#fabric.isStalled(this.#ends[0])) {
      for (const cancel of this.#silences) cancel();
      this.#silences = [];
    } else if (this.#silences.length === 0) {
      this.#silences = this.#ends.map((end) => {
        const waitMs = silenceMs + silenceSlackMs * this.#fabric.unit();
        return end.owner.stage.schedule(waitMs, () => end.close());
      });
    }
  }
}

export class End {
  readonly owner: EndOwner;
  /** The other side. */
  readonly peer: PeerId;
  readonly isDialed: boolean;
  isOpen = true;
  readonly #fabric: NetworkFabric;
  readonly #connection: Connection;
  readonly #otherStage: Stage;
  /** All that leaves here: word of the end comes behind it. */
  readonly #trail: Lane = { lastMs: 0 };
  readonly #talk: Lane = { lastMs: 0 };
  readonly #gossip: Lane = { lastMs: 0 };

  constructor(fabric: NetworkFabric, connection: Connection, owner: EndOwner, other: EndOwner, isDialed: boolean) {
    this.owner = owner;
    this.peer = other.self;
    this.isDialed = isDialed;
    this.#fabric = fabric;
    this.#connection = connection;
    this.#otherStage = other.stage;
  }

  get self(): PeerId {
    return this.owner.self;
  }

  /** Requests and answers overtake each other, each is on a stream of its own; talk and gossip do not. */
  send(message: Message, bytes: number): void {
    if (!this.isOpen) return;
    const lane = message.kind === "talk" ? this.#talk : message.kind === "gossip" ? this.#gossip : { lastMs: 0 };
    const there = this.#connection.endOpposite(this);
    this.#fabric.carry({
      from: this.self,
      to: this.peer,
      bytes,
      lane,
      trail: this.#trail,
      stage: this.#otherStage,
      arrive: () => {
        if (!there.isOpen) return;
        there.owner.stage.trace(`hears ${message.kind} of ${bytes} bytes from ${this.self}`);
        there.owner.onMessage(there, message);
      },
    });
  }

  close(): void {
    if (!this.isOpen) return;
    this.break();
    this.owner.onClosed(this);
  }

  /** Closed by a crash: this side knows nothing any more, the other one learns of it. */
  break(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    const there = this.#connection.endOpposite(this);
    this.#fabric.carry({
      from: this.self,
      to: this.peer,
      bytes: 0,
      lane: this.#trail,
      trail: this.#trail,
      stage: this.#otherStage,
      arrive: () => there.close(),
    });
    this.#connection.ended();
  }
}
