/**
 * Counts what strangers send.
 *
 * libp2p keeps up to 4 MiB for each stream of a connection, whoever is at its other end. Nobody
 * needs more than a hello to be let in, so a connection that sends much more than that before it
 * is admitted is cut. The bytes are counted on the socket, which libp2p shows to its connection
 * gater only; listeners are added once the muxer listens as well, for the first one to listen
 * takes the bytes away from those who come later.
 */

import type { Connection, MultiaddrConnection, StreamMessageEvent } from "@libp2p/interface";
import { CODE_P2P, type Multiaddr } from "@multiformats/multiaddr";
import type { Cancel } from "../../ports.ts";

export class Meter {
  readonly #bytesMax: number;
  /** By the address of the other end. */
  readonly #sockets = new Map<string, MultiaddrConnection>();

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** A socket that is about to become a connection. */
  note(socket: MultiaddrConnection): void {
    const key = keyOf(socket.remoteAddr);
    this.#sockets.set(key, socket);
    socket.addEventListener("close", () => {
      if (this.#sockets.get(key) === socket) this.#sockets.delete(key);
    });
  }

  /** Counts until it is cancelled, or cuts the connection. */
  start(connection: Connection): Cancel {
    const socket = this.#sockets.get(keyOf(connection.remoteAddr));
    if (socket === undefined) return () => undefined;
    let bytes = 0;
    const count = (event: StreamMessageEvent): void => {
      bytes += event.data.byteLength;
      if (bytes <= this.#bytesMax) return;
      stop();
      // The socket is still busy with handing out these bytes.
      queueMicrotask(() => connection.abort(new Error(`${bytes} bytes before hello`)));
    };
    const stop = (): void => socket.removeEventListener("message", count);
    socket.addEventListener("message", count);
    return stop;
  }
}

function keyOf(address: Multiaddr): string {
  return address.decapsulateCode(CODE_P2P).toString();
}
