/**
 * W9: the upgrade of a real tree, the way a deployment does it: the next release is unpacked aside and
 * takes the place of the one before by two renames. The clock starts before the first, and stops when
 * all that differs between the two is at the target as it shall be.
 */

import { rename } from "node:fs/promises";
import { join } from "node:path";
import { untilFactsHold } from "../arrival.ts";
import { changedFacts, treeFacts } from "../compare.ts";
import { changeFigures } from "../changes.ts";
import { cdmesh } from "../contenders/cdmesh.ts";
import { lsyncd } from "../contenders/lsyncd.ts";
import { rsync, rsyncZ } from "../contenders/rsync.ts";
import { syncthing } from "../contenders/syncthing.ts";
import { unison } from "../contenders/unison.ts";
import { neighbours } from "../layout.ts";
import { plantedTop, surveyed } from "../plant.ts";
import { unpackRelease } from "../releases.ts";
import { sentBytes } from "../wire/traffic.ts";
import type { Workload } from "./workload.ts";

/** 6,790 files of 133 MB; about 1,600 paths differ between the two. */
const before = { package: "next", version: "15.0.4" };
const after = { package: "next", version: "15.1.0" };

export const w9: Workload = {
  name: "w9",
  title: `upgrade of ${before.package} ${before.version} to ${after.version}`,
  figures: changeFigures,
  contenders: [cdmesh, rsync, rsyncZ, lsyncd, syncthing, unison],
  layout: neighbours(1),
  async plant(root) {
    await unpackRelease(before, join(root, plantedTop));
    return surveyed(root);
  },
  async run(stage, program) {
    await stage.settle(program);
    const next = join(stage.aside, "next");
    await unpackRelease(after, join(next, plantedTop));
    const facts = await treeFacts(next);
    const changed = changedFacts(stage.expected, facts);
    stage.expectAll(facts);
    const current = join(stage.ends.source.folder, plantedTop);
    const cost = await stage.measure(async () => {
      await rename(current, join(stage.aside, "previous"));
      await rename(join(next, plantedTop), current);
      const arrived = stage.atTargets((folder, patience) => untilFactsHold(folder, changed, patience));
      await Promise.all([arrived, program.transfer()]);
    });
    return [{ figures: { kB: sentBytes(cost.traffic) / 1e3, s: cost.wallSeconds }, cost }];
  },
};
