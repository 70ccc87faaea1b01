/** W2: many small files to an empty peer. The clock starts with the rename that puts them into the source. */

import type { Workload } from "./workload.ts";

const files = 10_000;

export const w2: Workload = {
  name: "w2",
  title: "10,000 files of 1-16 KiB to an empty peer",
  watchersOnly: false,
  figures: [{ name: "files/s", better: "higher" }],
  tree: { files, filesPerDirectory: 100, bytesMin: 1024, bytesMax: 16 * 1024 },
  async run(stage, running) {
    const cost = await stage.measure(async () => {
      await stage.moveIn();
      await Promise.all([running.transfer(), stage.arrived()]);
    });
    return { figures: { "files/s": files / cost.wallSeconds }, cost };
  },
};
