import { SystemRandom } from "../../../node/adapters/system-random.ts";
import { randomContract } from "../../contracts/random.contract.ts";

randomContract("system random", () => new SystemRandom());
