/**
 * W4: how long a new file of 4 KiB takes in a quiet folder of 1,000. It is written in place, in one
 * write under its final name, as most programs do; the clock starts before it is opened.
 */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { untilHolds } from "../arrival.ts";
import { Noise } from "../plant.ts";
import { percentile } from "../statistics.ts";
import type { Workload } from "./workload.ts";

const repetitions = 30;
const fileBytes = 4096;
/** Uneven, so that the writes do not fall into step with a program's own rhythm. */
const pauseMs = { min: 400, max: 1400 };
const quietMs = 3000;
const limitMs = 60_000;

export const w4: Workload = {
  name: "w4",
  title: "a new 4 KiB file in a quiet folder of 1,000",
  watchersOnly: true,
  figures: [
    { name: "p50 ms", better: "lower" },
    { name: "p95 ms", better: "lower" },
  ],
  tree: { files: 1000, filesPerDirectory: 100, bytesMin: 1024, bytesMax: 16 * 1024 },
  async run(stage, running) {
    const { signal } = stage;
    await stage.moveIn();
    await Promise.all([running.transfer(), stage.arrived()]);
    await pause(quietMs, undefined, { signal });
    const noise = new Noise(`${stage.seed}/new files`);
    const directories = [...stage.planted.keys()];
    const cost = await stage.measure(async () => {
      const latenciesMs: number[] = [];
      for (let at = 0; at < repetitions; at += 1) {
        const path = join(directories[at % directories.length] ?? "", `new-${at}`);
        const content = noise.bytes(fileBytes);
        const startMs = performance.now();
        await writeFile(join(stage.ends.source.folder, path), content);
        await Promise.all(
          stage.ends.targets.map(({ folder }) => untilHolds(join(folder, path), content, { limitMs, signal })),
        );
        latenciesMs.push(performance.now() - startMs);
        await stage.expect(path);
        await pause(noise.integer(pauseMs.min, pauseMs.max), undefined, { signal });
      }
      return latenciesMs;
    });
    const latenciesMs = cost.result;
    return {
      figures: { "p50 ms": percentile(latenciesMs, 50), "p95 ms": percentile(latenciesMs, 95) },
      cost,
      series: { latenciesMs },
    };
  },
};
