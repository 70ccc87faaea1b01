/**
 * W3: a large file in sync, and then one change after the other. The clock starts before each change
 * and stops when the target has all that is new in it; the next one waits until it is quiet again.
 */

import { dirname, join } from "node:path";
import { inserting, measureChange, changeFigures, overwriting, renaming } from "../changes.ts";
import { cdmesh } from "../contenders/cdmesh.ts";
import { lsyncd } from "../contenders/lsyncd.ts";
import { rsync } from "../contenders/rsync.ts";
import { syncthing } from "../contenders/syncthing.ts";
import { unison } from "../contenders/unison.ts";
import { neighbours } from "../layout.ts";
import { firstFile, Noise, oneFileOf } from "../plant.ts";
import type { Measured, Workload } from "./workload.ts";

const mib = 1024 ** 2;
const fileBytes = 256 * mib;
const overwritten = { places: 16, bytes: 64 * 1024 };
const inserted = { places: 3, bytes: 1000 };
const appendedBytes = mib;

export const w3: Workload = {
  name: "w3",
  title: "changes of a file of 256 MiB",
  figures: changeFigures,
  contenders: [cdmesh, rsync, lsyncd, syncthing, unison],
  layout: neighbours(1),
  plant: oneFileOf(fileBytes),
  async run(stage, program) {
    await stage.settle(program);
    const path = firstFile(stage.planted);
    const root = stage.ends.source.folder;
    const noise = new Noise(`${stage.seed}/changes`);
    /** Evenly spread, each at an odd place of its part. */
    const pieces = (places: number, bytes: number) =>
      Array.from({ length: places }, (_, at) => {
        const part = Math.floor(fileBytes / places);
        return { at: at * part + noise.integer(1, part - bytes), bytes: noise.bytes(bytes) };
      });
    const steps = {
      "overwrite 64 KiB at 16 places": () => overwriting(root, path, pieces(overwritten.places, overwritten.bytes)),
      "insert 1,000 B at 3 places": () =>
        inserting(root, path, { aside: join(stage.aside, "next"), pieces: pieces(inserted.places, inserted.bytes) }),
      "append 1 MiB": () =>
        overwriting(root, path, [
          { at: fileBytes + inserted.places * inserted.bytes, bytes: noise.bytes(appendedBytes) },
        ]),
      rename: () => renaming(root, path, `${dirname(path)}/renamed`),
    };
    const measured: Measured[] = [];
    for (const [step, change] of Object.entries(steps))
      measured.push({ step, ...(await measureChange(stage, program, await change())) });
    return measured;
  },
};
