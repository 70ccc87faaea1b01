/**
 * cdmesh as its users run it: a site, a request and a license for each peer, one signed policy, then
 * `start` at each end, all through the command line.
 */

import { writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { cliPath, cdmesh as command, nodeFlags } from "../../../simulations/processes/cli.ts";
import { allEnds, type End, type Ends } from "../ends.ts";
import { ask, type Processes } from "../processes.ts";
import { eventually } from "../waiting.ts";
import type { Contender } from "./contender.ts";

export const cdmesh: Contender = {
  name: "cdmesh",
  watches: true,
  ownNames: [".cdmesh"],
  async installed() {
    const commit = await ask("git", ["-C", import.meta.dirname, "describe", "--always", "--dirty"]).catch(() => "");
    return `cdmesh ${commit.trim()} on node ${process.versions.node}`;
  },
  async start(ends, processes) {
    await licenseAll(ends);
    for (const end of allEnds(ends)) startPeer(end, ends, processes);
    await eventually("all peers of cdmesh are connected and idle", () => allReady(ends), { everyMs: 200 });
    return { transfer: async () => undefined };
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
    const place = ["--region", "here", "--group", "bench", "--server", end.place.name, "--roles", "watch,serve,master"];
    const request = ["--request", join(dataOf(end), "peer.request")];
    await command("site", "admit", "--dir", site, ...request, ...place, "--out", join(end.state, "license"));
  }
  const draft = join(ends.source.state, "policy.yaml");
  await writeFile(draft, policy);
  await command("policy", "sign", "--dir", site, "--in", draft, "--out", policyOf(ends));
}

function startPeer(end: End, ends: Ends, processes: Processes): void {
  const seeds = allEnds(ends).map((seed) => `${addressOf(seed)}\n`);
  const seedFile = join(end.state, "seeds");
  writeFileSync(seedFile, seeds.join(""));
  const words = ["start", "--data", dataOf(end), "--license", join(end.state, "license"), "--policy", policyOf(ends)];
  const mesh = ["--seeds", seedFile, "--listen", addressOf(end), "--folder", `${folder}=${end.folder}`];
  processes.daemon(end, process.execPath, [...nodeFlags, cliPath, ...words, ...mesh]);
}

const status = z.object({
  peers: z.array(z.object({ state: z.string() })),
  folders: z.array(z.object({ state: z.string(), connectedHolders: z.number() })),
});

/** Every peer has all others connected and its folder idle. False also while one does not answer yet. */
async function allReady(ends: Ends): Promise<boolean> {
  for (const end of allEnds(ends)) {
    const answer = await command("status", "--data", dataOf(end), "--json").catch(() => undefined);
    const seen = answer === undefined ? undefined : status.parse(JSON.parse(answer));
    const isIdle = seen?.folders.some(
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

function policyOf({ source }: Ends): string {
  return join(source.state, "policy");
}
