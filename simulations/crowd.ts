/**
 * A crowd that sees one conflict: many peers, two of which write at the same moment, either at one
 * path or at two. Showing conflict copies makes no records, so a conflict costs the mesh no more
 * messages than two ordinary changes.
 */

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
  const conflict = await countMessages(seed, "one path");
  const changes = await countMessages(seed, "two paths");
  const violations = [...conflict.violations, ...changes.violations];
  // Where bytes come from is drawn by lot, so the counts of two runs are never quite equal.
  if (conflict.messages > changes.messages * (1 + toleratedShare)) {
    violations.push(
      `X1: ${seed} peers sent ${conflict.messages} messages for a conflict, ${changes.messages} for two changes`,
    );
  }
  return {
    scenario: "crowd",
    seed,
    traceHash: conflict.traceHash,
    violations,
    virtualMs: conflict.virtualMs + changes.virtualMs,
    steps: conflict.steps + changes.steps,
    acts: 4,
    faults: {},
    events: { "messages for a conflict": conflict.messages, "messages for two changes": changes.messages },
    labels: [],
  };
}

const toleratedShare = 0.1;

interface Counted {
  readonly messages: number;
  readonly violations: readonly string[];
  readonly virtualMs: number;
  readonly steps: number;
  readonly traceHash: string;
}

async function countMessages(peers: number, where: "one path" | "two paths"): Promise<Counted> {
  let [messages, steps] = [0, 0];
  const world = new World(peers, {
    onTrace: () => {
      steps += 1;
    },
  });
  const places = ["eu", "us", "asia"].map((region) => ({ region }));
  const site = new SimulatedSite(
    world,
    Array.from({ length: peers }, (_, at) => ({ name: `www${at + 1}`, place: places[at % places.length] ?? {} })),
  );
  const [one, other] = site.machines;
  if (one === undefined || other === undefined) throw new Error("a crowd is two at least");
  one.user.write("page.html", "old");
  one.user.write("other.html", "old as well");
  const names = new ContentNames();
  const scene: Scene = {
    machines: site.machines,
    running: site.machines,
    ledger: new WriteLedger(names),
    names,
    chatter: new Map(),
  };
  const settle = async (): Promise<readonly string[]> => {
    const endMs = world.nowMs + settleMs;
    do await world.run(world.nowMs + 1_000);
    while (world.nowMs < endMs && !isSettled(scene));
    return isSettled(scene)
      ? []
      : [`C1: ${peers} peers are not equal and idle`, ...equalTrees.check(scene).slice(0, 3)];
  };
  world.schedule(0, () => void site.start());
  const violations = [...(await settle())];
  site.fabric.lines.listener = (message) => {
    if (message.kind === "request" || (message.kind === "gossip" && !message.topic.endsWith("/beacon"))) messages += 1;
  };
  one.user.write("page.html", "by one");
  other.user.write(where === "one path" ? "page.html" : "other.html", "by the other");
  violations.push(...(await settle()));
  await world.run(world.nowMs + afterMs);
  return { messages, violations, virtualMs: world.nowMs, steps, traceHash: world.traceHash() };
}
