/** W2: many small files to an empty peer. The clock starts with the rename that puts them into the source. */

import { cdmesh } from "../contenders/cdmesh.ts";
import { lsyncd } from "../contenders/lsyncd.ts";
import { rsync } from "../contenders/rsync.ts";
import { syncthing } from "../contenders/syncthing.ts";
import { unison } from "../contenders/unison.ts";
import { neighbours } from "../layout.ts";
import { evenly, treeOf } from "../plant.ts";
import type { Workload } from "./workload.ts";

const files = 10_000;

export const w2: Workload = {
  name: "w2",
  title: "10,000 files of 1-16 KiB to an empty peer",
  figures: [{ name: "files/s", better: "higher" }],
  contenders: [cdmesh, rsync, lsyncd, syncthing, unison],
  layout: neighbours(1),
  plant: treeOf({ files, filesPerDirectory: 100, size: evenly(1024, 16 * 1024) }),
  async run(stage, program) {
    const cost = await stage.measure(() => stage.spread(program));
    return [{ figures: { "files/s": files / cost.wallSeconds }, cost }];
  },
};
