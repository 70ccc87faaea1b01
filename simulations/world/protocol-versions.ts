/** Machines whose program speaks other versions of the protocol than ours: they say so in their hello. */

import type { Network } from "../../node/ports.ts";
import { decodeHello, encodeHello } from "../../protocol/wire/hello.ts";
import { LyingNetwork } from "./lying-network.ts";

/** For `MachineOptions.disguise`. */
export function speaking(versionMin: number, versionMax: number): (network: Network) => Network {
  return (network) =>
    new LyingNetwork(network, {
      hello: (own) => {
        const hello = decodeHello(own);
        if ("code" in hello) throw new Error("a program that cannot read its own hello");
        return encodeHello({ ...hello, versionMin, versionMax });
      },
      answer: async (_peer, _protocol, _body, truth) => truth,
      publish: (_topic, truth) => truth,
      heard: () => undefined,
    });
}
