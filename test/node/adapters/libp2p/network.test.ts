import { networkContract } from "../../../contracts/network.contract.ts";
import { SocketBench } from "./bench.ts";

networkContract("libp2p network", () => new SocketBench());
