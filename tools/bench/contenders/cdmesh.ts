/**
 * cdmesh as its users run it: a site, a request and a license for each peer, one signed policy, then
 * `start` at each end, all through the command line.
 */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cliPath, cdmesh as command, nodeFlags } from "../../../simulations/processes/cli.ts";
import { askStatus } from "../../cli/control-client.ts";
import { allEnds, type End, type Ends } from "../ends.ts";
import { ask, type Processes } from "../processes.ts";
import { eventually } from "../waiting.ts";
import type { Contender } from "./contender.ts";

export const cdmesh: Contender = {
  name: "cdmesh",
  ownNames: [".cdmesh"],
  async installed() {
    const commit = await ask("git", ["-C", import.meta.dirname, "describe", "--always", "--dirty"]).catch(() => "");
    return `cdmesh ${commit.trim()} on node ${process.versions.node}`;
  },
  async prepare(ends, processes) {
    await licenseAll(ends);
    await writeFile(
      seedsOf(ends),
      allEnds(ends)
        .map((end) => `${addressOf(end)}\n`)
        .join(""),
    );
    return {
      async start() {
        for (const end of allEnds(ends)) startPeer(end, ends, processes);
        await eventually("all peers of cdmesh are connected and idle", () => allReady(ends), { everyMs: 50 });
      },
      transfer: async () => undefined,
    };
  },
};

const port = 4240;
const folder = "bench";
const policy = `version: 1\nfolders: [{ id: ${folder}, holders: [{ region: "*" }] }]\n`;

async function licenseAll(ends: Ends): Promise<void> {
  const site = join(ends.source.state, "site");
  await command("site", "create", "--dir", site, "--company", "Bench", "--site", "bench");
  for (const end of allEnds(ends)) {
    await command("peer", "init", "--data", dataOf(end));
    const { region, group, name } = end.place;
    const place = ["--region", region, "--group", group, "--server", name, "--roles", "watch,serve,master"];
    const request = ["--request", join(dataOf(end), "peer.request")];
    await command("site", "admit", "--dir", site, ...request, ...place, "--out", join(end.state, "license"));
  }
  const draft = join(ends.source.state, "policy.yaml");
  await writeFile(draft, policy);
  await command("policy", "sign", "--dir", site, "--in", draft, "--out", policyOf(ends));
}

function startPeer(end: End, ends: Ends, processes: Processes): void {
  const words = ["start", "--data", dataOf(end), "--license", join(end.state, "license"), "--policy", policyOf(ends)];
  const mesh = ["--seeds", seedsOf(ends), "--listen", addressOf(end), "--folder", `${folder}=${end.folder}`];
  processes.daemon(end, process.execPath, [...nodeFlags, cliPath, ...words, ...mesh]);
}

/** Every peer has all others connected and its folder idle. False also while one does not answer yet. */
async function allReady(ends: Ends): Promise<boolean> {
  for (const end of allEnds(ends)) {
    const status = await askStatus(dataOf(end)).catch(() => undefined);
    const isIdle = status?.folders.some(
      ({ state, connectedHolders }) => state === "idle" && connectedHolders === ends.targets.length,
    );
    if (isIdle !== true) return false;
  }
  return true;
}

function addressOf({ place }: End): string {
  return `/ip4/${place.address}/tcp/${port}`;
}

function dataOf({ state }: End): string {
  return join(state, "data");
}

function seedsOf({ source }: Ends): string {
  return join(source.state, "seeds");
}

function policyOf({ source }: Ends): string {
  return join(source.state, "policy");
}
