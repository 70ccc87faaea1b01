/**
 * One process of the simulator: runs what it is told, one world at a time, and answers with what
 * became of it. A world that throws is an outcome too.
 */

import { BranchCounter } from "./branch-counter.ts";
import { play } from "./play.ts";
import type { Done, Work } from "./work.ts";

const counter = process.argv.includes("--count-branches") ? new BranchCounter() : undefined;

async function run({ scenario: name, seed, course, dropped }: Work): Promise<Done> {
  const start = process.cpuUsage();
  const cpuMs = (): number => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  };
  try {
    const outcome = await play(name, { seed, course, dropped: new Set(dropped) });
    return { ...outcome, cpuMs: cpuMs(), branches: counter?.take() ?? [] };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      scenario: name,
      seed,
      traceHash: "",
      violations: [`threw: ${why}`],
      virtualMs: 0,
      steps: 0,
      acts: 0,
      faults: {},
      events: {},
      labels: [],
      cpuMs: cpuMs(),
      branches: counter?.take() ?? [],
    };
  }
}

async function answer(work: Work): Promise<void> {
  process.send?.(await run(work));
}

process.on("message", (work: Work) => void answer(work));
