/**
 * lsyncd: inotify at the source, and with each change an rsync to the daemon at each target. With
 * delay 0 it starts that rsync at once.
 */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "../waiting.ts";
import { ask } from "../processes.ts";
import type { Contender } from "./contender.ts";
import { logged } from "./log.ts";
import { rsync, rsyncAddress, startRsyncDaemon } from "./rsync.ts";

export const lsyncd: Contender = {
  name: "lsyncd",
  ownNames: [],
  async installed() {
    const line = await ask("lsyncd", ["--version"]).catch(() => undefined);
    if (line === undefined || (await rsync.installed()) === undefined) return undefined;
    return `lsyncd ${/Version: (\S+)/.exec(line)?.[1] ?? "?"}, delay 0`;
  },
  async prepare({ source, targets }, processes) {
    const syncs = targets.map(
      (target) =>
        `sync { default.rsync, source = ${text(source.folder)}, target = ${text(rsyncAddress(target))}, ` +
        `delay = 0, rsync = { archive = true } }`,
    );
    const configuration = join(source.state, "lsyncd.lua");
    await writeFile(configuration, `${["settings { nodaemon = true }", ...syncs].join("\n")}\n`);
    return {
      async start() {
        await Promise.all(targets.map((target) => startRsyncDaemon(target, processes)));
        const log = processes.daemon(source, "lsyncd", ["-log", "Normal", configuration]);
        const isDone = () => logged(log, /Startup of .* finished/, targets.length);
        await eventually("lsyncd has finished its first rsync to each target", isDone);
      },
      transfer: async () => undefined,
    };
  },
};

/** A Lua string. The paths are the bench's own and hold nothing that Lua reads otherwise than JSON. */
function text(value: string): string {
  return JSON.stringify(value);
}
