/**
 * A crowd that sees one conflict: many peers, two of which write at the same moment, either at one
 * path or at two. Showing conflict copies makes no records, so a conflict costs the mesh no more
 * messages than two ordinary changes.
 */

import { DocumentStore } from "../node/trust/document-store.ts";
import { envelopesInFile } from "../protocol/documents/file.ts";
import { isRefusal } from "../protocol/documents/verified.ts";
import { carried } from "./checkers/carried.ts";
import { equalTrees, isSettled } from "./checkers/promises.ts";
import type { Scene } from "./checkers/checker.ts";
import { ContentNames } from "./checkers/contents.ts";
import { WriteLedger } from "./checkers/ledger.ts";
import type { Outcome } from "./run.ts";
import { FakeLog } from "./world/log.ts";
import { SimulatedSite } from "./world/site.ts";
import { FakeStore, FakeStoreMedium } from "./world/store.ts";
import { rememberVerdicts } from "./world/verdicts.ts";
import { World } from "./world/world.ts";

const settleMs = 300_000;
/** Nobody lists hundreds of machines: a few are enough to find the others by. */
const seeds = 5;
const meetMs = 30_000;
/** Long enough that what follows a change late is counted too. */
const afterMs = 20_000;

/** @param seed how many peers there are */
export async function runCrowd(seed: number): Promise<Outcome> {
  const forget = rememberVerdicts();
  try {
    return await new Crowd(seed).live();
  } finally {
    forget();
  }
}

/** Messages while the crowd took something in. */
interface Told {
  ofRecords: number;
  ofContent: number;
}

/**
 * What luck may do, as a share of the messages. Heads of two batches that are sealed at one moment may
 * go along other lines; whom a peer asks first, and whether that one has a content by then, differs more.
 */
const luck = { ofRecords: 0.05, ofContent: 0.25 } as const;

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
    this.#site = new SimulatedSite(this.#world, machines, seeds);
    const names = new ContentNames();
    this.#scene = {
      machines: this.#site.machines,
      formerMembers: [],
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

  /** One mesh sees all, one after the other. It goes on growing together: so changes come before the conflict and after it. */
  async live(): Promise<Outcome> {
    const [one, other] = this.#site.machines;
    if (one === undefined || other === undefined) throw new Error("a crowd is two at least");
    for (const path of ["page.html", "news.html", "other.html"]) one.user.write(path, `old ${path}`);
    await this.#world.settle(this.#introduce());
    this.#world.schedule(0, () => void this.#site.start());
    await this.#settle();
    // By then a large crowd may be connected to its seeds only, which pass gossip on to a few.
    await this.#world.run(this.#world.nowMs + meetMs);
    const before = await this.#count(() => {
      one.user.write("news.html", "by one");
      other.user.write("other.html", "by the other");
    });
    const conflict = await this.#count(() => {
      one.user.write("page.html", "a page by one");
      other.user.write("page.html", "a page by the other");
    });
    const after = await this.#count(() => {
      one.user.write("news.html", "again by one");
      other.user.write("other.html", "again by the other");
    });
    const changes: Told = {
      ofRecords: Math.max(before.ofRecords, after.ofRecords),
      ofContent: Math.max(before.ofContent, after.ofContent),
    };
    if (
      conflict.ofRecords > changes.ofRecords * (1 + luck.ofRecords) ||
      conflict.ofContent > changes.ofContent * (1 + luck.ofContent)
    ) {
      const [ours, theirs] = [JSON.stringify(conflict), JSON.stringify(changes)];
      this.#violations.push(`X1: ${this.#peers} peers sent for a conflict ${ours}, for two changes ${theirs} at most`);
    }
    return {
      scenario: "crowd",
      seed: this.#peers,
      traceHash: this.#world.traceHash(),
      violations: this.#violations,
      virtualMs: this.#world.nowMs,
      steps: this.#steps,
      acts: 6,
      faults: {},
      events: {
        "messages of records for a conflict": conflict.ofRecords,
        "messages of records for two changes before": before.ofRecords,
        "messages of records for two changes after": after.ofRecords,
        "requests for content for a conflict": conflict.ofContent,
        "requests for content for two changes before": before.ofContent,
        "requests for content for two changes after": after.ofContent,
      },
      labels: [],
    };
  }

  /** All know each other's licenses from before: that hundreds of newcomers tell each other is another question. */
  async #introduce(): Promise<void> {
    const { authority, machines } = this.#site;
    const medium = new FakeStoreMedium();
    const store = new FakeStore(this.#world, medium);
    const documents = await DocumentStore.open({ store, log: new FakeLog(this.#world), site: authority.site });
    for (const { license } of machines) {
      const envelopes = envelopesInFile(license);
      if (isRefusal(envelopes)) throw new Error("a license file is one");
      for (const envelope of envelopes) await documents.offer(envelope);
    }
    await documents.offer(this.#site.policy());
    for (const machine of machines) machine.restore({ store: medium.snapshot() });
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
