/**
 * A connection of two simulated peers: two ends, each with its own idea of whether it still stands.
 *
 * An end that closes knows so at once, the other one when word has come, after all that was sent
 * before. While the line is cut no word comes; each end then gives up on its own when it has heard
 * nothing for too long, as the watchdog of the real network does.
 */

import type { Cancel } from "../../node/ports.ts";
import type { PeerId } from "../../protocol/ids.ts";
import type { Lane, Lines } from "./network-lines.ts";
import type { Message } from "./network-message.ts";
import type { Stage } from "./world.ts";

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

/**
 * How long the real watchdog waits in silence before it gives a connection up, and up to how much longer until it looks.
 * The real dialer tries another connection earlier; here nobody does, which is the harder world.
 */
const silenceMs = 45_000;
const silenceSlackMs = 10_000;

export class Connection {
  readonly dialerEnd: End;
  readonly listenerEnd: End;
  readonly #lines: Lines;
  readonly #onEnded: () => void;
  #silences: readonly Cancel[] = [];

  /** @param onEnded called when both ends know */
  constructor(lines: Lines, dialer: EndOwner, listener: EndOwner, onEnded: () => void) {
    this.#lines = lines;
    this.#onEnded = onEnded;
    this.dialerEnd = new End(lines, this, dialer, listener, true);
    this.listenerEnd = new End(lines, this, listener, dialer, false);
  }

  endOf(peer: PeerId): End | undefined {
    return this.#ends.find((end) => end.self === peer);
  }

  endOpposite(end: End): End {
    return end === this.dialerEnd ? this.listenerEnd : this.dialerEnd;
  }

  reset(): void {
    for (const end of this.#ends) end.close();
  }

  /** One side closes its end without a word; the other one waits until the silence is too long. */
  forget(peer: PeerId): void {
    const end = this.endOf(peer);
    if (end === undefined || !end.isOpen) return;
    end.vanish();
    const there = this.endOpposite(end);
    const waitMs = silenceMs + silenceSlackMs * this.#lines.unit();
    there.owner.stage.schedule(waitMs, () => there.close());
  }

  /** One end is closed. */
  ended(): void {
    if (this.#ends.some((end) => end.isOpen)) return;
    for (const cancel of this.#silences) cancel();
    this.#onEnded();
  }

  faultsChanged(): void {
    if (!this.#lines.isStalled(this.dialerEnd.self, this.listenerEnd.self)) {
      for (const cancel of this.#silences) cancel();
      this.#silences = [];
    } else if (this.#silences.length === 0) {
      this.#silences = this.#ends.map((end) => {
        const waitMs = silenceMs + silenceSlackMs * this.#lines.unit();
        return end.owner.stage.schedule(waitMs, () => end.close());
      });
    }
  }

  get #ends(): readonly End[] {
    return [this.dialerEnd, this.listenerEnd];
  }
}

export class End {
  readonly owner: EndOwner;
  /** The other side. */
  readonly peer: PeerId;
  readonly isDialed: boolean;
  isOpen = true;
  readonly #lines: Lines;
  readonly #connection: Connection;
  readonly #otherStage: Stage;
  /** All that leaves here: word of the end comes behind it. */
  readonly #trail: Lane = { lastMs: 0 };
  readonly #talk: Lane = { lastMs: 0 };
  readonly #gossip: Lane = { lastMs: 0 };

  constructor(lines: Lines, connection: Connection, owner: EndOwner, other: EndOwner, isDialed: boolean) {
    this.owner = owner;
    this.peer = other.self;
    this.isDialed = isDialed;
    this.#lines = lines;
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
    this.#lines.carry({
      from: this.self,
      to: this.peer,
      bytes,
      lane,
      trail: this.#trail,
      stage: this.#otherStage,
      arrive: () => {
        if (!there.isOpen) return;
        there.owner.stage.trace(`hears ${message.kind} of ${bytes} bytes from ${this.self}`);
        this.#lines.listener?.(message, this.self, this.peer);
        there.owner.onMessage(there, message);
      },
    });
  }

  close(): void {
    if (!this.isOpen) return;
    this.break();
    this.owner.onClosed(this);
  }

  /** Closed for this side only. */
  vanish(): void {
    this.isOpen = false;
    this.owner.onClosed(this);
    this.#connection.ended();
  }

  /** Closed by a crash: this side knows nothing any more, the other one learns of it. */
  break(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    const there = this.#connection.endOpposite(this);
    this.#lines.carry({
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
