/** W1: one large file to an empty peer. The clock starts with the rename that puts it into the source. */

import { cdmesh } from "../contenders/cdmesh.ts";
import { lsyncd } from "../contenders/lsyncd.ts";
import { rsync, rsyncSync } from "../contenders/rsync.ts";
import { syncthing } from "../contenders/syncthing.ts";
import { unison } from "../contenders/unison.ts";
import { neighbours } from "../layout.ts";
import { oneFileOf } from "../plant.ts";
import type { Workload } from "./workload.ts";

const fileBytes = 1024 ** 3;

export const w1: Workload = {
  name: "w1",
  title: "one file of 1 GiB to an empty peer",
  figures: [{ name: "MB/s", better: "higher" }],
  contenders: [cdmesh, rsync, rsyncSync, lsyncd, syncthing, unison],
  layout: neighbours(1),
  plant: oneFileOf(fileBytes),
  async run(stage, program) {
    const cost = await stage.measure(() => stage.spread(program));
    return [{ figures: { "MB/s": fileBytes / 1e6 / cost.wallSeconds }, cost }];
  },
};
