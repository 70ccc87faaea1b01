import { identityOfSeed } from "../../../node/identity.ts";
import type { Network } from "../../../node/ports.ts";
import { FakeLog } from "../../../simulations/world/log.ts";
import { FakeNetwork } from "../../../simulations/world/network.ts";
import { NetworkFabric } from "../../../simulations/world/network-fabric.ts";
import { World } from "../../../simulations/world/world.ts";
import { networkContract } from "../../contracts/network.contract.ts";
import type { NetworkBench } from "../../contracts/network-under-test.ts";

class WorldBench implements NetworkBench {
  readonly world: World;
  readonly fabric: NetworkFabric;

  constructor(seed: number) {
    this.world = new World(seed);
    this.fabric = new NetworkFabric(this.world);
  }

  make(number: number): Network {
    const stage = this.world.life(`peer ${number}`);
    const self = identityOfSeed(new Uint8Array(32).fill(number)).peer;
    const address = `/ip4/10.0.0.${number}/tcp/4240`;
    return new FakeNetwork({ fabric: this.fabric, stage, self, log: new FakeLog(stage), address });
  }

  settle<T>(work: Promise<T>): Promise<T> {
    return this.world.settle(work);
  }

  async until(what: string, isSo: () => boolean): Promise<void> {
    await this.world.run(this.world.nowMs + 60_000, isSo);
    if (!isSo()) throw new Error(`it takes too long until ${what}`);
  }

  async pass(ms: number): Promise<void> {
    await this.world.run(this.world.nowMs + ms);
  }
}

for (const seed of [1, 2, 3]) networkContract(`fake network of seed ${seed}`, () => new WorldBench(seed));
