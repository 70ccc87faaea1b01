import { FakeProbe } from "../../../simulations/world/probe.ts";
import { World } from "../../../simulations/world/world.ts";
import { probeContract } from "../../contracts/probe.contract.ts";

probeContract("fake probe", () => {
  const world = new World(1);
  return {
    probe: new FakeProbe(world),
    path: "/folders/press",
    settle: (work) => world.settle(work),
    close: () => undefined,
  };
});
