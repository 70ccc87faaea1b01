/**
 * A crowd that sees one conflict: many peers, two of which write at the same moment, either at one
 * path or at two. Showing conflict copies makes no records, so a conflict costs the mesh no more
 * messages than two ordinary changes.
 */

import { carried } from "./checkers/carried.ts";
import { equalTrees, isSettled } from "./checkers/promises.ts";
import type { Scene } from "./checkers/checker.ts";
import { ContentNames } from "./checkers/contents.ts";
import { WriteLedger } from "./checkers/ledger.ts";
import type { Outcome } from "./run.ts";
import { SimulatedSite } from "./world/site.ts";
import { World } from "./world/world.ts";

const settleMs = 300_000;
/** Long enough that what follows a change late is counted too. */
const afterMs = 20_000;

/** @param seed how many peers there are */
export async function runCrowd(seed: number): Promise<Outcome> {
  const crowd = new Crowd(seed);
  return await crowd.live();
}

/** Messages while the crowd took something in. */
interface Told {
  ofRecords: number;
  ofContent: number;
}

/** Whom a peer asks first, and whether that one has a content by then, is luck: twice as often is none. */
const luckyTimes = 2;
/** Heads of two batches that are sealed at one moment may go along other lines. */
const toleratedShare = 0.1;

class Crowd {
  readonly #peers: number;
  readonly #world: World;
  readonly #site: SimulatedSite;
  readonly #scene: Scene;
  readonly #violations: string[] = [];
  #told: Told = { ofRecords: 0, ofContent: 0 };
  #steps = 0;

  constructor(peers: number) {
    this.#peers = peers;
    this.#world = new World(peers, {
      onTrace: () => {
        this.#steps += 1;
      },
    });
    const machines = Array.from({ length: peers }, (_, at) => ({
      name: `www${at + 1}`,
      place: { region: regions[at % regions.length] ?? "eu" },
    }));
    this.#site = new SimulatedSite(this.#world, machines);
    const names = new ContentNames();
    this.#scene = {
      machines: this.#site.machines,
      running: this.#site.machines,
      ledger: new WriteLedger(names),
      names,
      chatter: new Map(),
    };
    this.#site.fabric.lines.listener = (message) => {
      const what = carried(message, new Set());
      if (what === "requests for content") this.#told.ofContent += 1;
      else if (what !== undefined) this.#told.ofRecords += 1;
    };
  }

  /** One mesh sees both, one after the other: its lines and sources are the same. */
  async live(): Promise<Outcome> {
    const [one, other] = this.#site.machines;
    if (one === undefined || other === undefined) throw new Error("a crowd is two at least");
    for (const path of ["page.html", "news.html", "other.html"]) one.user.write(path, `old ${path}`);
    this.#world.schedule(0, () => void this.#site.start());
    await this.#settle();
    const changes = await this.#count(() => {
      one.user.write("news.html", "by one");
      other.user.write("other.html", "by the other");
    });
    const conflict = await this.#count(() => {
      one.user.write("page.html", "a page by one");
      other.user.write("page.html", "a page by the other");
    });
    if (
      conflict.ofRecords > changes.ofRecords * (1 + toleratedShare) ||
      conflict.ofContent > changes.ofContent * luckyTimes
    ) {
      const [ours, theirs] = [JSON.stringify(conflict), JSON.stringify(changes)];
      this.#violations.push(`X1: ${this.#peers} peers sent for a conflict ${ours}, for two changes ${theirs}`);
    }
    return {
      scenario: "crowd",
      seed: this.#peers,
      traceHash: this.#world.traceHash(),
      violations: this.#violations,
      virtualMs: this.#world.nowMs,
      steps: this.#steps,
      acts: 4,
      faults: {},
      events: {
        "messages of records for a conflict": conflict.ofRecords,
        "messages of records for two changes": changes.ofRecords,
        "requests for content for a conflict": conflict.ofContent,
        "requests for content for two changes": changes.ofContent,
      },
      labels: [],
    };
  }

  async #count(act: () => void): Promise<Told> {
    this.#told = { ofRecords: 0, ofContent: 0 };
    act();
    await this.#settle();
    await this.#world.run(this.#world.nowMs + afterMs);
    return this.#told;
  }

  async #settle(): Promise<void> {
    const endMs = this.#world.nowMs + settleMs;
    do await this.#world.run(this.#world.nowMs + 1_000);
    while (this.#world.nowMs < endMs && !isSettled(this.#scene));
    if (isSettled(this.#scene)) return;
    this.#violations.push(`C1: ${this.#peers} peers are not equal and idle`);
    this.#violations.push(...equalTrees.check(this.#scene).slice(0, 3));
  }
}

const regions: readonly string[] = ["eu", "us", "asia"];
