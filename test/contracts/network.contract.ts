/** What every Network keeps, libp2p's over real sockets and the simulated one. */

import { connectionContract } from "./network-connections.contract.ts";
import { gossipContract } from "./network-gossip.contract.ts";
import { requestContract } from "./network-requests.contract.ts";
import { checkOn, type NetworkBench } from "./network-under-test.ts";

export function networkContract(name: string, makeBench: () => NetworkBench): void {
  const check = checkOn(name, makeBench);
  requestContract(check);
  connectionContract(check);
  gossipContract(check);
}
