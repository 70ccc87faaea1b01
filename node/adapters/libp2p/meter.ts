/**
 * Counts what connections bring in, byte by byte: that is how silence is heard (watchdog.ts).
 *
 * And it cuts off strangers who send much. libp2p keeps up to 4 MiB for each stream of a connection,
 * whoever is at its other end, and nobody needs more than a hello to be let in. The bytes are counted
 * on the socket, which libp2p shows to its connection gater only; listeners are added once the muxer
 * listens as well, for the first one to listen takes the bytes away from those who come later.
 */

import type { Connection, MultiaddrConnection, StreamMessageEvent } from "@libp2p/interface";
import type { Cancel } from "../../ports.ts";

interface Count {
  bytes: number;
  isLimited: boolean;
}

export class Meter {
  readonly #bytesMax: number;
  /** By their timeline: the one thing that a connection has in common with its own socket alone. */
  readonly #sockets = new WeakMap<Connection["timeline"], MultiaddrConnection>();
  readonly #counts = new WeakMap<Connection, Count>();

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** A socket that is about to become a connection. */
  note(socket: MultiaddrConnection): void {
    this.#sockets.set(socket.timeline, socket);
  }

  /** Counts from now on, and cuts the connection above the limit. @returns what lifts the limit */
  start(connection: Connection): Cancel {
    const count: Count = { bytes: 0, isLimited: true };
    this.#counts.set(connection, count);
    const hear = (event: StreamMessageEvent): void => {
      count.bytes += event.data.byteLength;
      if (!count.isLimited || count.bytes <= this.#bytesMax) return;
      count.isLimited = false;
      // The socket is still busy with handing out these bytes.
      queueMicrotask(() => connection.abort(new Error(`${count.bytes} bytes before hello`)));
    };
    this.#sockets.get(connection.timeline)?.addEventListener("message", hear);
    return () => {
      count.isLimited = false;
    };
  }

  /** What came in since `start`. */
  bytesOf(connection: Connection): number {
    return this.#counts.get(connection)?.bytes ?? 0;
  }
}
