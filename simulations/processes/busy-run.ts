/**
 * One run of three real peers with a busy user on each, and what came of it.
 *
 * In the end the users stop, all faults are healed, and ten seconds later the trees are compared and
 * each content that a user wrote is looked for. A run that went wrong leaves everything behind: the
 * trees, the peers' data and logs, what the users did, and the story of each content that was lost.
 */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Chance } from "../world/chance.ts";
import { type Act, drawActs } from "./busy-acts.ts";
import { BusyLedger, type Content } from "./busy-ledger.ts";
import { BusyUser } from "./busy-user.ts";
import { carryOut, drawFaults, type FaultMode } from "./fault-plan.ts";
import { freePorts } from "./free-ports.ts";
import { NamespaceBridge } from "./namespaces.ts";
import type { PeerProcess, PeerStatusReport } from "./peer-process.ts";
import { noDeleteBrake, ProcessSite, type SitePeerOptions } from "./site.ts";
import { listKept } from "./tree-listing.ts";
import { countConflictCopies, hashesOf, lookUntil, pathsOf } from "./tree-look.ts";

export interface BusyRunOptions {
  readonly mode: FaultMode;
  readonly seed: number;
  readonly seconds: number;
  /** Made for the run, and left behind only when something is worth a look. */
  readonly directory: string;
}

export interface BusyRunReport {
  readonly mode: FaultMode;
  readonly seed: number;
  readonly faults: number;
  /** That users wrote. */
  readonly contents: number;
  /** Neither live nor kept, nor replaced by who saw it. */
  readonly lost: number;
  /** The same, but gone by an act that a commit cut in two (SPEC "Windows that remain"). */
  readonly inWindows: number;
  readonly conflictCopies: number;
  /** Ten seconds after the end: paths that are not the same in all trees. */
  readonly unequalPaths: number;
  /** Since when the trees were equal, after the end; absent when they were not. */
  readonly equalWithinMs?: number;
  /** How long after the users stopped the end was: until the last peer that was killed answered again. */
  readonly healedMs: number;
  /** How many of the three peers say by then that nothing is missing. */
  readonly idlePeers: number;
  /** Of the machine, over the last minute: how many processes wanted to run. */
  readonly load: number;
  readonly ok: boolean;
}

const places = [
  { name: "ann", region: "eu", group: "a" },
  { name: "ben", region: "eu", group: "b" },
  { name: "cho", region: "us", group: "a" },
] as const;
/** How long peers may take to find each other, and how soon after the end all has to be equal. */
const [startMsMax, endMs] = [60_000, 10_000];

export async function runBusy(options: BusyRunOptions): Promise<BusyRunReport> {
  const { directory } = options;
  const undo = new AsyncDisposableStack();
  try {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    let isKept = true;
    undo.defer(() => {
      if (!isKept) rmSync(directory, { recursive: true, force: true });
    });
    const stage = await raiseStage(directory, undo);
    const report = await perform(options, stage);
    isKept = isOdd(report);
    return report;
  } finally {
    await undo.disposeAsync();
  }
}

interface Stage {
  readonly site: ProcessSite;
  readonly peers: readonly PeerProcess[];
  readonly bridge: NamespaceBridge | undefined;
}

/** A namespace for each peer where they can be had, else ports of the loopback address. */
async function raiseStage(directory: string, undo: AsyncDisposableStack): Promise<Stage> {
  const bridge = NamespaceBridge.problem() === undefined ? NamespaceBridge.create(places.length) : undefined;
  undo.defer(() => bridge?.delete());
  const ports = bridge === undefined ? await freePorts(places.length) : [];
  const options = places.map((place, at): SitePeerOptions => {
    const namespace = bridge?.namespaces[at];
    if (namespace === undefined) return { ...place, listen: `/ip4/127.0.0.1/tcp/${ports[at]}` };
    return { ...place, namespace: namespace.name, listen: `/ip4/${namespace.address}/tcp/4240` };
  });
  const { site, peers } = await ProcessSite.create(directory, "press", options, [noDeleteBrake]);
  const atExit = (): void => {
    for (const peer of peers) peer.killAtExit();
  };
  process.once("exit", atExit);
  undo.defer(async () => {
    process.off("exit", atExit);
    await Promise.all(peers.map((peer) => peer.kill()));
  });
  return { site, peers, bridge };
}

async function perform(options: BusyRunOptions, stage: Stage): Promise<BusyRunReport> {
  const { mode, seed, seconds } = options;
  const { site, peers, bridge } = stage;
  const chance = Chance.ofSeed(seed);
  const faults = drawFaults(chance.fork("faults"), mode, peers.length, seconds * 1_000);
  if (bridge === undefined && mode !== "calm") throw new Error("cables are pulled out in network namespaces only");
  for (const peer of peers) peer.start();
  for (const peer of peers) await peer.until((status) => connectedIn(status) === peers.length - 1, startMsMax);

  const ledger = new BusyLedger();
  const startMs = performance.now();
  const nowMs = (): number => performance.now() - startMs;
  const faultLines: string[] = [];
  const trash = join(options.directory, "trash");
  await Promise.all([
    ...peers.map(async ({ options: { name } }) => {
      const user = new BusyUser({ name, root: site.rootOf(name), trash, ledger, nowMs });
      await keepBusy(user, drawActs(chance.fork(name), seconds * 1_000), nowMs);
    }),
    carryOut(faults, {
      peers,
      cut: (peer) => bridge?.cut(bridge.namespaces[peer]?.name ?? ""),
      heal: (peer) => bridge?.heal(bridge.namespaces[peer]?.name ?? ""),
      nowMs,
      onFault: (what) => faultLines.push(`${nowMs().toFixed(0)} ms: ${what}`),
    }),
  ]);

  const overMs = nowMs();
  const roots = peers.map(({ options: { name } }) => site.rootOf(name));
  const look = await lookUntil(roots, overMs + endMs, nowMs);
  const kept = await Promise.all(roots.map(listKept));
  const verdict = ledger.judge(new Set([...hashesOf(look.listings), ...kept.flatMap((hashes) => [...hashes])]));
  const report: BusyRunReport = {
    mode,
    seed,
    faults: faults.length,
    contents: ledger.contents,
    lost: verdict.lost.length,
    inWindows: verdict.inWindows.length,
    conflictCopies: countConflictCopies(look.listings),
    unequalPaths: pathsOf(look.unequal).size,
    ...(look.equalSinceMs !== undefined && { equalWithinMs: Math.round(look.equalSinceMs - overMs) }),
    healedMs: Math.max(0, Math.round(overMs - seconds * 1_000)),
    idlePeers: (await statusesOf(peers)).filter((status) => isIdle(status)).length,
    load: loadavg()[0] ?? 0,
    ok: verdict.lost.length === 0 && look.unequal.length === 0,
  };
  if (!isOdd(report)) return report;
  // Whether the trees become equal later tells a slow peer from a stuck one.
  const later = await lookUntil(roots, nowMs() + 2 * endMs, nowMs);
  const told = (contents: readonly Content[]) => contents.map((one) => ({ ...one, story: ledger.story(one) }));
  const evidence = {
    ...report,
    unequal: look.unequal,
    equalLaterMs: later.equalSinceMs === undefined ? undefined : later.equalSinceMs - overMs,
    unequalLater: later.unequal,
    faults: faultLines,
    lost: told(verdict.lost),
    inWindows: told(verdict.inWindows),
    status: await statusesOf(peers),
  };
  const diary = ledger.diary.map((line) => `${JSON.stringify(line)}\n`).join("");
  writeFileSync(join(options.directory, "evidence.json"), `${JSON.stringify(evidence, undefined, 1)}\n`);
  writeFileSync(join(options.directory, "diary.jsonl"), diary);
  return report;
}

async function keepBusy(user: BusyUser, acts: readonly Act[], nowMs: () => number): Promise<void> {
  for (const act of acts) {
    await sleep(Math.max(0, act.atMs - nowMs()));
    user.act(act);
  }
}

/** Worth a look, though it may be ok. */
function isOdd({ ok, inWindows, idlePeers }: BusyRunReport): boolean {
  return !ok || inWindows > 0 || idlePeers < places.length;
}

/** What each says of itself, or why it does not. */
function statusesOf(peers: readonly PeerProcess[]): Promise<readonly (PeerStatusReport | string)[]> {
  return Promise.all(peers.map(async (peer) => peer.failure ?? peer.status().catch(String)));
}

function isIdle(status: PeerStatusReport | string): boolean {
  return typeof status === "object" && status.folders.every(({ state }) => state === "idle");
}

function connectedIn(status: PeerStatusReport): number {
  return status.peers.filter(({ state }) => state === "connected").length;
}
