/**
 * W6: a restart with many files in sync. The program is ended at both ends; the clock starts with its
 * start at both, and stops when it knows by itself that everything is in sync: whether it does,
 * nobody outside can tell. Then it has nothing to do for a while.
 */

import { setTimeout as pause } from "node:timers/promises";
import { cdmesh } from "../contenders/cdmesh.ts";
import { lsyncd } from "../contenders/lsyncd.ts";
import { syncthing } from "../contenders/syncthing.ts";
import { neighbours } from "../layout.ts";
import { evenly, treeOf } from "../plant.ts";
import type { Workload } from "./workload.ts";

const idleMs = 10_000;

export const w6: Workload = {
  name: "w6",
  title: "restart of both ends with 100,000 files in sync",
  figures: [
    { name: "s", better: "lower" },
    { name: "idle CPU %", better: "lower" },
  ],
  contenders: [cdmesh, lsyncd, syncthing],
  layout: neighbours(1),
  plant: treeOf({ files: 100_000, filesPerDirectory: 40, size: evenly(512, 4096) }),
  async run(stage, program) {
    await stage.settle(program);
    await stage.stopAll();
    const cost = await stage.measure(() => program.start());
    const idle = await stage.measure(() => pause(idleMs, undefined, { signal: stage.signal }));
    return [{ figures: { s: cost.wallSeconds, "idle CPU %": (100 * idle.cpuSeconds) / idle.seconds }, cost }];
  },
};
