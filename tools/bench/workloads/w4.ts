/**
 * W4: how long a new file of 4 KiB takes in a quiet folder of 1,000. It is written in place, in one
 * write under its final name, as most programs do; the clock starts before it is opened.
 */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { untilAppears } from "../arrival.ts";
import { cdmesh } from "../contenders/cdmesh.ts";
import { lsyncd } from "../contenders/lsyncd.ts";
import { syncthing } from "../contenders/syncthing.ts";
import { neighbours } from "../layout.ts";
import { evenly, Noise, treeOf } from "../plant.ts";
import { percentile } from "../statistics.ts";
import type { Workload } from "./workload.ts";

const repetitions = 30;
const fileBytes = 4096;
/** Uneven, so that the writes do not fall into step with a program's own rhythm. */
const pauseMs = { min: 400, max: 1400 };

export const w4: Workload = {
  name: "w4",
  title: "a new 4 KiB file in a quiet folder of 1,000",
  figures: [
    { name: "p50 ms", better: "lower" },
    { name: "p95 ms", better: "lower" },
  ],
  contenders: [cdmesh, lsyncd, syncthing],
  layout: neighbours(1),
  plant: treeOf({ files: 1000, filesPerDirectory: 100, size: evenly(1024, 16 * 1024) }),
  async run(stage, program) {
    await stage.settle(program);
    const noise = new Noise(`${stage.seed}/new files`);
    const directories = [...stage.planted.keys()];
    const cost = await stage.measure(async () => {
      const latenciesMs: number[] = [];
      for (let at = 0; at < repetitions; at += 1) {
        const path = join(directories[at % directories.length] ?? "", `new-${at}`);
        const bytes = noise.bytes(fileBytes);
        const startMs = performance.now();
        await writeFile(join(stage.ends.source.folder, path), bytes);
        const appearance = { path, size: fileBytes, pieces: [{ at: 0, bytes }] };
        await stage.atTargets((folder, patience) => untilAppears(folder, appearance, patience));
        latenciesMs.push(performance.now() - startMs);
        await stage.expect(path);
        await pause(noise.integer(pauseMs.min, pauseMs.max), undefined, { signal: stage.signal });
      }
      return latenciesMs;
    });
    const latenciesMs = cost.result;
    return [
      {
        figures: { "p50 ms": percentile(latenciesMs, 50), "p95 ms": percentile(latenciesMs, 95) },
        cost,
        series: { latenciesMs },
      },
    ];
  },
};
