/**
 * rsync in archive mode to its own daemon at each target, with deletes. It neither watches nor stays
 * connected: the daemons run, and each transfer is one client for each target, all at once, whose
 * start and connection are part of its time.
 */

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { End } from "../ends.ts";
import { ask, type Processes } from "../processes.ts";
import type { Contender } from "./contender.ts";
import { eventually } from "../waiting.ts";
import { logged } from "./log.ts";

export const rsync = rsyncWith({ name: "rsync", options: [] });

/** With its compression, for links that are the narrow place. */
export const rsyncZ = rsyncWith({ name: "rsync-z", options: ["--compress"] });

/** It is done when the targets' disks have it: rsync by itself leaves that to the system. */
export const rsyncSync = rsyncWith({
  name: "rsync-sync",
  options: [],
  after: (target, processes) => processes.command(target, "sync", ["--file-system", target.folder]),
});

interface Variant {
  readonly name: string;
  readonly options: readonly string[];
  /** Part of each transfer. */
  readonly after?: (target: End, processes: Processes) => Promise<void>;
}

function rsyncWith({ name, options, after }: Variant): Contender {
  return {
    name,
    ownNames: [],
    async installed() {
      const line = await ask("rsync", ["--version"]).catch(() => undefined);
      return line === undefined ? undefined : `${name} ${/version (\S+)/.exec(line)?.[1] ?? "?"}`;
    },
    async prepare({ source, targets }, processes) {
      const transferTo = async (target: End) => {
        const words = ["--archive", "--delete", ...options, `${source.folder}/`, rsyncAddress(target)];
        await processes.command(source, "rsync", words);
        await after?.(target, processes);
      };
      return {
        async start() {
          await Promise.all(targets.map((target) => startRsyncDaemon(target, processes)));
        },
        async transfer() {
          await Promise.all(targets.map(transferTo));
        },
      };
    },
  };
}

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
  await rm(daemonLog, { force: true });
  processes.daemon(end, "rsync", ["--daemon", "--no-detach", `--config=${configuration}`, `--log-file=${daemonLog}`]);
  // It logs this right after it bound its port.
  await eventually("the rsync daemon listens", () => logged(daemonLog, /starting, listening/));
}
