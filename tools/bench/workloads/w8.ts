/** W8: one byte changed in place in the middle of a large file in sync. The clock starts before it is written. */

import { open } from "node:fs/promises";
import { join } from "node:path";
import { changeFigures, measureChange, overwriting } from "../changes.ts";
import { cdmesh } from "../contenders/cdmesh.ts";
import { lsyncd } from "../contenders/lsyncd.ts";
import { rsync } from "../contenders/rsync.ts";
import { syncthing } from "../contenders/syncthing.ts";
import { unison } from "../contenders/unison.ts";
import { neighbours } from "../layout.ts";
import { firstFile, oneFileOf } from "../plant.ts";
import type { Workload } from "./workload.ts";

const fileBytes = 1024 ** 3;

export const w8: Workload = {
  name: "w8",
  title: "1 byte changed in a file of 1 GiB",
  figures: changeFigures,
  contenders: [cdmesh, rsync, lsyncd, syncthing, unison],
  layout: neighbours(1),
  plant: oneFileOf(fileBytes),
  async run(stage, program) {
    await stage.settle(program);
    const path = firstFile(stage.planted);
    const root = stage.ends.source.folder;
    const at = fileBytes / 2 + 12_345;
    const changed = await overwriting(root, path, [{ at, bytes: await otherByte(join(root, path), at) }]);
    return [await measureChange(stage, program, changed)];
  },
};

/** Differs from the one that stands there. */
async function otherByte(path: string, at: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
    return buffer.map((byte) => byte ^ 0xff);
  } finally {
    await file.close();
  }
}
