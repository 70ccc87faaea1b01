/**
 * Faults of a busy run, drawn from its seed: cables that are pulled out for some seconds, peers that
 * are killed and started again. All of them end when the users stop; a peer may take a moment more
 * to answer again.
 */

import { setTimeout as sleep } from "node:timers/promises";
import type { Chance } from "../world/chance.ts";
import type { PeerProcess } from "./peer-process.ts";

export const faultModes = ["calm", "cuts", "kills"] as const;
export type FaultMode = (typeof faultModes)[number];

export interface Fault {
  readonly kind: "cut" | "kill";
  /** Since the start of the run. */
  readonly atMs: number;
  readonly forMs: number;
  /** Which peer, by its place in the list. */
  readonly peer: number;
}

/** @returns in order; one peer is cut at a time, and one is down at a time */
export function drawFaults(chance: Chance, mode: FaultMode, peers: number, forMs: number): readonly Fault[] {
  const cuts = mode === "calm" ? [] : drawKind(chance.fork("cut"), "cut", peers, forMs);
  const kills = mode === "kills" ? drawKind(chance.fork("kill"), "kill", peers, forMs) : [];
  return [...cuts, ...kills].toSorted((one, other) => one.atMs - other.atMs);
}

/** Gaps between faults, and how long each lasts. */
const ranges = {
  cut: { gapMs: [1_500, 5_000], lastsMs: [500, 6_000] },
  kill: { gapMs: [3_000, 8_000], lastsMs: [50, 2_500] },
} as const;

function drawKind(chance: Chance, kind: Fault["kind"], peers: number, untilMs: number): Fault[] {
  const { gapMs, lastsMs } = ranges[kind];
  const faults: Fault[] = [];
  let atMs = between(chance, gapMs);
  while (atMs < untilMs) {
    const lasts = between(chance, lastsMs);
    faults.push({ kind, atMs, forMs: Math.min(lasts, untilMs - atMs), peer: chance.integer(peers) });
    atMs += lasts + between(chance, gapMs);
  }
  return faults;
}

function between(chance: Chance, [least, most]: readonly [number, number]): number {
  return least + chance.unit() * (most - least);
}

export interface FaultHands {
  readonly peers: readonly PeerProcess[];
  readonly cut: (peer: number) => void;
  readonly heal: (peer: number) => void;
  readonly nowMs: () => number;
  readonly onFault: (what: string) => void;
}

/** Until a peer that was killed answers again; a busy machine takes its time. */
const startMsMax = 60_000;

/** Carries faults out; ends when the last of them is over: the cable is in, the peer answers. */
export async function carryOut(faults: readonly Fault[], hands: FaultHands): Promise<void> {
  await Promise.all(faults.map((fault) => carryOutOne(fault, hands)));
}

async function carryOutOne({ kind, atMs, forMs, peer }: Fault, hands: FaultHands): Promise<void> {
  const { peers, cut, heal, nowMs, onFault } = hands;
  const process = peers[peer];
  if (process === undefined) throw new Error(`there is no peer ${peer}`);
  const { name } = process.options;
  await sleep(Math.max(0, atMs - nowMs()));
  onFault(`${name}: ${kind}`);
  if (kind === "cut") cut(peer);
  else await process.kill();
  await sleep(Math.max(0, atMs + forMs - nowMs()));
  if (kind === "cut") heal(peer);
  else {
    process.start();
    // One that does not come back leaves its tree as it is, and the run ends with that.
    await process.until(() => true, startMsMax).catch((error: unknown) => onFault(String(error)));
  }
  onFault(`${name}: ${kind} is over`);
}
