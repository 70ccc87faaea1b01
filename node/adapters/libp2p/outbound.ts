/**
 * One try to reach a peer, on behalf of the dialer.
 *
 * libp2p tells how the dial ended; whether it was any use the gate knows, and it may know first: a
 * connection can be refused and closed before libp2p is done with opening it. So the connection of
 * a dial is noted when it opens.
 */

import type { Connection } from "@libp2p/interface";
import { CODE_P2P, type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import type { Libp2p } from "libp2p";
import { type PeerId, parsePeerId } from "../../../protocol/ids.ts";
import type { PeerAddress } from "../../../protocol/membership/address.ts";
import type { DialOutcome } from "../../network/dialer.ts";
import type { Gate } from "./gate.ts";

interface Attempt {
  connection: Connection | undefined;
}

export class Outbound {
  readonly #gate: Gate;
  /** By the address as libp2p is given it. */
  readonly #attempts = new Map<string, Attempt>();

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  /** Nothing in libp2p shall dial on its own. */
  isWanted(address: Multiaddr): boolean {
    return this.#attempts.has(address.toString());
  }

  /** Every new connection comes here before it comes to the gate. */
  note(connection: Connection): void {
    if (connection.direction !== "outbound") return;
    const address = connection.remoteAddr;
    const attempt =
      this.#attempts.get(address.toString()) ?? this.#attempts.get(address.decapsulateCode(CODE_P2P).toString());
    if (attempt !== undefined) attempt.connection = connection;
  }

  async dial(libp2p: Libp2p, peer: PeerId | undefined, addresses: readonly PeerAddress[]): Promise<DialOutcome> {
    const targets = addresses.map((address) => (peer === undefined ? address : `${address}/p2p/${peer}`));
    const attempt: Attempt = { connection: undefined };
    for (const target of targets) this.#attempts.set(target, attempt);
    try {
      // Also where libp2p still has a connection: the dialer knows that it is silent.
      const connection = await libp2p.dial(
        targets.map((target) => multiaddr(target)),
        { force: true },
      );
      return await this.#outcome(attempt.connection ?? connection);
    } catch (error) {
      if (attempt.connection !== undefined) return await this.#outcome(attempt.connection);
      return isSelf(error) ? { kind: "self" } : { kind: "failed" };
    } finally {
      for (const target of targets) this.#attempts.delete(target);
    }
  }

  async #outcome(connection: Connection): Promise<DialOutcome> {
    const passed = await this.#gate.passed(connection);
    const peer = parsePeerId(connection.remotePeer.toString());
    if (peer === undefined) return { kind: "failed" };
    if (passed === "refused") return { kind: "refused", peer };
    // Superseded: the other connection may be up, or about to be.
    return this.#gate.isAdmitted(peer) ? { kind: "up", peer } : { kind: "failed" };
  }
}

/** libp2p learns only from the handshake that it called itself. */
function isSelf(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isSelf);
  return error instanceof Error && error.name === "InvalidPeerIdError";
}
