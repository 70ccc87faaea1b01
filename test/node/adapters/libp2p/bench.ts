/** A bench of real sockets on 127.0.0.1, for the tests of the libp2p network. */

import { setTimeout as passed } from "node:timers/promises";
import { Libp2pNetwork, type Libp2pNetworkOptions } from "../../../../node/adapters/libp2p/host.ts";
import { SystemClock } from "../../../../node/adapters/system-clock.ts";
import { SystemRandom } from "../../../../node/adapters/system-random.ts";
import type { Log, LogFacts, Network } from "../../../../node/ports.ts";
import type { NetworkBench } from "../../../contracts/network-under-test.ts";

/** Keeps the names of what was logged. */
class ListLog implements Log {
  readonly events: string[] = [];
  write(_level: string, event: string): void {
    this.events.push(event);
  }
  with(_facts: LogFacts): Log {
    return this;
  }
}

export function seedOf(number: number): Uint8Array {
  return new Uint8Array(32).fill(number);
}

export function libp2pNetwork(number: number, options: Partial<Libp2pNetworkOptions> = {}): Libp2pNetwork {
  return new Libp2pNetwork({
    seed: seedOf(number),
    listen: ["/ip4/127.0.0.1/tcp/0"],
    clock: new SystemClock(),
    random: new SystemRandom(),
    log: new ListLog(),
    ...options,
  });
}

export class SocketBench implements NetworkBench {
  readonly #addresses = new Map<number, readonly string[]>();

  make(number: number): Network {
    const listen = this.#addresses.get(number) ?? ["/ip4/127.0.0.1/tcp/0"];
    const network = libp2pNetwork(number, { listen });
    const stop = network.stop.bind(network);
    network.stop = () => {
      if (network.addresses().length > 0) this.#addresses.set(number, network.addresses());
      return stop();
    };
    return network;
  }

  settle<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  until(what: string, isSo: () => boolean): Promise<void> {
    return until(what, isSo);
  }

  async pass(ms: number): Promise<void> {
    await passed(ms);
  }
}

export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 20_000;
  while (!(await isSo())) {
    if (performance.now() > deadlineMs) throw new Error(`it takes too long until ${what}`);
    await passed(5);
  }
}
