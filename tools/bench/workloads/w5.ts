/**
 * W5: one file to many receivers over links that are the narrow place. The clock starts with the rename
 * that puts it into the source. No way is faster than the source's link takes to carry it once.
 */

import { cdmesh } from "../contenders/cdmesh.ts";
import { lsyncd } from "../contenders/lsyncd.ts";
import { rsync } from "../contenders/rsync.ts";
import { syncthing } from "../contenders/syncthing.ts";
import { neighbours } from "../layout.ts";
import { oneFileOf } from "../plant.ts";
import type { Workload } from "./workload.ts";

const fileBytes = 64 * 1024 ** 2;
const linkMbit = 200;
const idealSeconds = (fileBytes * 8) / (linkMbit * 1e6);

export const w5: Workload = {
  name: "w5",
  title: "64 MiB to 8 receivers, each link 200 Mbit/s each way",
  figures: [
    { name: "time / ideal", better: "lower" },
    { name: "source sends / F", better: "lower" },
    { name: "last / first", better: "lower" },
  ],
  contenders: [cdmesh, rsync, lsyncd, syncthing],
  layout: { ...neighbours(8), linkMbit },
  plant: oneFileOf(fileBytes),
  async run(stage, program) {
    const cost = await stage.measure(async (startMs) =>
      (await stage.spread(program)).map((arrivedMs) => (arrivedMs - startMs) / 1000),
    );
    const arrivedSeconds = cost.result;
    const sent = cost.traffic?.sent[stage.ends.source.place.name] ?? Number.NaN;
    return [
      {
        figures: {
          "time / ideal": Math.max(...arrivedSeconds) / idealSeconds,
          "source sends / F": sent / fileBytes,
          "last / first": Math.max(...arrivedSeconds) / Math.min(...arrivedSeconds),
        },
        cost,
        series: { arrivedSeconds },
      },
    ];
  },
};
