/**
 * W7: files of all sizes to two regions, of which one lies behind a narrow border with a long way. The
 * clock starts with the rename that puts them into the source. The border has to carry every new
 * byte once, and no way is faster than it takes for that.
 */

import { cdmesh } from "../contenders/cdmesh.ts";
import { lsyncd } from "../contenders/lsyncd.ts";
import { rsync } from "../contenders/rsync.ts";
import { syncthing } from "../contenders/syncthing.ts";
import { type Layout, sourceName } from "../layout.ts";
import { ofAllSizes, plantedBytes, treeOf } from "../plant.ts";
import type { Workload } from "./workload.ts";

const border = { mbit: 50, delayMs: 60 };
const near = "near";
const far = "far";

const layout: Layout = {
  positions: [
    { name: sourceName, region: near, group: "bench" },
    ...[1, 2, 3].map((at) => ({ name: `near-${at}`, region: near, group: "bench" })),
    ...[1, 2, 3, 4].map((at) => ({ name: `far-${at}`, region: far, group: "bench" })),
  ],
  border,
};

export const w7: Workload = {
  name: "w7",
  title: "1,000 files of 1 KiB-1 MiB to two regions of 4 behind borders of 50 Mbit/s and 60 ms",
  figures: [
    { name: "carried / new", better: "lower" },
    { name: "back / new", better: "lower" },
    { name: "time / ideal", better: "lower" },
  ],
  contenders: [cdmesh, rsync, lsyncd, syncthing],
  layout,
  plant: treeOf({ files: 1000, filesPerDirectory: 100, size: ofAllSizes(1024, 1024 ** 2) }),
  async run(stage, program) {
    const newBytes = plantedBytes(stage.planted);
    const cost = await stage.measure(() => stage.spread(program));
    const carried = (region: string) => (cost.traffic?.entered[region] ?? Number.NaN) / newBytes;
    const idealSeconds = (newBytes * 8) / (border.mbit * 1e6);
    return [
      {
        figures: {
          "carried / new": carried(far),
          "back / new": carried(near),
          "time / ideal": cost.wallSeconds / idealSeconds,
        },
        cost,
      },
    ];
  },
};
