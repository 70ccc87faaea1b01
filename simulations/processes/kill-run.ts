/**
 * Rounds of SIGKILL on real peers while writers work, each compared with what the writers left.
 *
 * Right after each kill, with the peer down, its folder must hold whole contents only, and its own
 * writer's part just as he left it. When the writers pause, every peer must come to hold just what
 * they left, by the word of find and sha256sum.
 */

import { mkdirSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Chance } from "../world/chance.ts";
import { freePorts } from "./free-ports.ts";
import { KillWriter } from "./kill-writer.ts";
import type { PeerProcess } from "./peer-process.ts";
import { noDeleteBrake, ProcessSite } from "./site.ts";
import { listKept, listTree } from "./tree-listing.ts";

export interface KillRunOptions {
  readonly seed: number;
  readonly rounds: number;
  /** Made for the run, and left behind only when it went wrong. */
  readonly directory: string;
  readonly onRound: (report: RoundReport) => void;
}

export interface RoundReport {
  readonly round: number;
  readonly kills: number;
  /** By all writers since the start. */
  readonly writes: number;
  readonly files: number;
  /** Until all peers held just what the writers left. */
  readonly equalWithinMs?: number;
  /** What is wrong, in lines. */
  readonly faults: readonly string[];
}

const places = [
  { name: "ann", region: "eu", group: "a" },
  { name: "ben", region: "eu", group: "b" },
  { name: "cho", region: "us", group: "a" },
] as const;
/** The third peer only receives. */
const writing = ["ann", "ben"];
const [startMsMax, equalMsMax, betweenMs] = [60_000, 60_000, 200];

/** @returns what was wrong, in lines */
export async function runKills(options: KillRunOptions): Promise<readonly string[]> {
  const { directory } = options;
  const undo = new AsyncDisposableStack();
  try {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    let isKept = true;
    undo.defer(() => {
      if (!isKept) rmSync(directory, { recursive: true, force: true });
    });
    const ports = await freePorts(places.length);
    const { site, peers } = await ProcessSite.create(
      directory,
      "press",
      places.map((place, at) => ({ ...place, listen: `/ip4/127.0.0.1/tcp/${ports[at]}` })),
      [noDeleteBrake],
    );
    const atExit = (): void => {
      for (const peer of peers) peer.killAtExit();
    };
    process.once("exit", atExit);
    undo.defer(async () => {
      process.off("exit", atExit);
      await Promise.all(peers.map((peer) => peer.kill()));
    });
    const faults = await new KillRun(options, site, peers).perform();
    isKept = faults.length > 0;
    return faults;
  } finally {
    await undo.disposeAsync();
  }
}

class KillRun {
  readonly #options: KillRunOptions;
  readonly #site: ProcessSite;
  readonly #peers: readonly PeerProcess[];
  readonly #writers: readonly KillWriter[];
  readonly #chance: Chance;

  constructor(options: KillRunOptions, site: ProcessSite, peers: readonly PeerProcess[]) {
    this.#options = options;
    this.#site = site;
    this.#peers = peers;
    this.#chance = Chance.ofSeed(options.seed);
    this.#writers = writing.map(
      (name) => new KillWriter({ name, root: site.rootOf(name), chance: this.#chance.fork(name) }),
    );
  }

  async perform(): Promise<readonly string[]> {
    for (const peer of this.#peers) peer.start();
    for (const peer of this.#peers) await peer.until((status) => status.peers.length === places.length, startMsMax);
    const faults: string[] = [];
    for (let round = 1; round <= this.#options.rounds && faults.length === 0; round += 1) {
      const report = await this.#round(round);
      this.#options.onRound(report);
      faults.push(...report.faults.map((fault) => `round ${round}: ${fault}`));
    }
    return faults;
  }

  async #round(round: number): Promise<RoundReport> {
    const faults: string[] = [];
    const kills = 1 + this.#chance.integer(3);
    for (let done = 0; done < kills; done += 1) faults.push(...(await this.#killWhileWritten()));
    const equal = faults.length > 0 ? undefined : await this.#untilEqual();
    return {
      round,
      kills,
      writes: this.#writers.reduce((sum, { ledger }) => sum + ledger.writes, 0),
      files: this.#expected().size,
      ...(equal?.faults.length === 0 && { equalWithinMs: Math.round(equal.tookMs) }),
      faults: [...faults, ...(equal?.faults ?? [])],
    };
  }

  /** One peer is killed while all writers work, looked at while it is down, and started again. */
  async #killWhileWritten(): Promise<readonly string[]> {
    const peer = this.#chance.pick(this.#peers);
    // Some kills hit a peer that has not finished starting, or recovering, since the last one.
    const [aliveMs, downMs] = [this.#chance.integer(1_500), this.#chance.integer(400)];
    await this.#workFor(aliveMs, () => peer.kill());
    const faults = await this.#lookAtDown(peer.options.name);
    await this.#workFor(downMs, () => Promise.resolve());
    peer.start();
    return faults;
  }

  async #workFor(forMs: number, act: () => Promise<void>): Promise<void> {
    const pause = new AbortController();
    const work = this.#writers.map((writer) => writer.work(pause.signal));
    await sleep(forMs);
    await act();
    pause.abort();
    await Promise.all(work);
  }

  /** S3, with nobody at work: whole contents only, and the writer's own part as he left it. */
  async #lookAtDown(name: string): Promise<readonly string[]> {
    const standing = standingIn(await listTree(this.#site.rootOf(name)));
    const faults: string[] = [];
    for (const [path, what] of standing) {
      if (what === "directory") continue;
      const isKnown = this.#writers.some(({ ledger }) => ledger.knows(path, what));
      if (!isKnown) faults.push(`torn: ${name} holds at ${path} what nobody wrote there: ${what}`);
    }
    const own = this.#writers.find((writer) => writer.name === name)?.ledger.standing ?? new Map<string, string>();
    for (const [path, what] of own) {
      if (standing.get(path) === what) continue;
      faults.push(`${name}'s own ${path} is ${standing.get(path) ?? "gone"} after a kill, not ${what}`);
    }
    return faults;
  }

  async #untilEqual(): Promise<{ readonly tookMs: number; readonly faults: readonly string[] }> {
    const startMs = performance.now();
    for (;;) {
      const tookMs = performance.now() - startMs;
      const failures = this.#peers.flatMap(({ failure }) => failure ?? []);
      if (failures.length > 0) return { tookMs, faults: failures };
      const faults = await this.#differences();
      if (faults.length === 0 || tookMs > equalMsMax) return { tookMs, faults };
      await sleep(betweenMs);
    }
  }

  async #differences(): Promise<readonly string[]> {
    const expected = this.#expected();
    const names = this.#peers.map(({ options: { name } }) => name);
    const listings = await Promise.all(names.map((name) => listTree(this.#site.rootOf(name))));
    const all = listings.map(standingIn);
    const kept = await Promise.all(names.map((name) => listKept(this.#site.rootOf(name))));
    const anywhere = new Set([...all.flatMap((one) => [...one.values()]), ...kept.flatMap((one) => [...one])]);
    return names.flatMap((name, at) => {
      const standing = all[at] ?? new Map<string, string>();
      const wrong = [...expected].filter(([path, what]) => standing.get(path) !== what);
      const extra = [...standing.keys()].filter((path) => !expected.has(path));
      return [
        ...wrong.map(([path, what]) => {
          if (!standing.has(path))
            return `${name} has no ${path}: ${anywhere.has(what) ? "a delete nobody made" : "lost"}`;
          return `${name} has another ${path} than ${what}, which is ${anywhere.has(what) ? "elsewhere" : "lost"}`;
        }),
        ...extra.map((path) => `${name} has ${path}, which its writer does not have`),
      ];
    });
  }

  #expected(): ReadonlyMap<string, string> {
    return new Map(this.#writers.flatMap(({ ledger }) => [...ledger.standing]));
  }
}

/** By path: the hash of a file, or its kind. */
function standingIn(listing: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    listing.map((line) => {
      const [path = "", what = ""] = line.split("\t");
      return [path, what.startsWith("file") ? (what.split(" ").at(-1) ?? "") : "directory"];
    }),
  );
}
