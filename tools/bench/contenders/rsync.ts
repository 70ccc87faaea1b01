/**
 * rsync in archive mode to its own daemon at each target. It neither watches nor stays connected:
 * the daemons run, and each transfer is one client for each target, all at once, whose start and
 * connection are part of its time.
 */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { End, Ends } from "../ends.ts";
import { ask, type Processes } from "../processes.ts";
import type { Contender } from "./contender.ts";
import { eventually } from "../waiting.ts";
import { logged } from "./log.ts";

export const rsync: Contender = {
  name: "rsync",
  watches: false,
  ownNames: [],
  async installed() {
    const line = await ask("rsync", ["--version"]).catch(() => undefined);
    return line === undefined ? undefined : `rsync ${/version (\S+)/.exec(line)?.[1] ?? "?"}`;
  },
  async start({ source, targets }: Ends, processes: Processes) {
    await Promise.all(targets.map((target) => startRsyncDaemon(target, processes)));
    return {
      async transfer() {
        const words = (target: End) => ["--archive", `${source.folder}/`, rsyncAddress(target)];
        await Promise.all(targets.map((target) => processes.command(source, "rsync", words(target))));
      },
    };
  },
};

const port = 8730;

/** Where the daemon of this end takes its folder's content. */
export function rsyncAddress({ place }: End): string {
  return `rsync://${place.address}:${port}/folder/`;
}

/** Starts a daemon whose only module is this end's folder. */
export async function startRsyncDaemon(end: End, processes: Processes): Promise<void> {
  const configuration = join(end.state, "rsyncd.conf");
  const lines = [
    `address = ${end.place.address}`,
    `port = ${port}`,
    `use chroot = no`,
    ...(process.getuid?.() === 0 ? ["uid = root", "gid = root"] : []),
    `[folder]`,
    `path = ${end.folder}`,
    `read only = no`,
  ];
  await writeFile(configuration, `${lines.join("\n")}\n`);
  const daemonLog = join(end.state, "rsyncd.log");
  processes.daemon(end, "rsync", ["--daemon", "--no-detach", `--config=${configuration}`, `--log-file=${daemonLog}`]);
  // It logs this right after it bound its port.
  await eventually("the rsync daemon listens", () => logged(daemonLog, /starting, listening/));
}
