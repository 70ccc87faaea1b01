import { Chance } from "../../../simulations/world/chance.ts";
import { FakeRandom } from "../../../simulations/world/random.ts";
import { randomContract } from "../../contracts/random.contract.ts";

randomContract("fake random", () => new FakeRandom(Chance.ofSeed(1)));
