/**
 * Unison over a socket, with times. Like rsync it only works when it is asked to: a server runs at each
 * target, and each transfer is one client for each target. It has met the empty folders before, so
 * it knows both sides.
 */

import { join } from "node:path";
import type { End } from "../ends.ts";
import { ask } from "../processes.ts";
import { eventually } from "../waiting.ts";
import type { Contender } from "./contender.ts";
import { logged } from "./log.ts";

const port = 8740;

export const unison: Contender = {
  name: "unison",
  ownNames: [],
  async installed() {
    const line = await ask("unison", ["-version"]).catch(() => undefined);
    return line === undefined ? undefined : `unison ${/version (\S+)/.exec(line)?.[1] ?? "?"}`;
  },
  async prepare({ source, targets }, processes) {
    const synchronize = async () => {
      const clients = targets.map((target) => {
        const roots = [source.folder, `socket://${target.place.address}:${port}/${target.folder}`];
        return processes.command(source, "unison", [...roots, "-batch", "-times"], environmentOf(source));
      });
      await Promise.all(clients);
    };
    return {
      async start() {
        for (const target of targets) {
          const words = ["-socket", `${port}`, "-listen", target.place.address];
          const log = processes.daemon(target, "unison", words, environmentOf(target));
          await eventually("the server of unison listens", () => logged(log, /server started/));
        }
        await synchronize();
      },
      transfer: synchronize,
    };
  },
};

/** Its archives are named after the host, and all ends are on one. */
function environmentOf({ place, state }: End): NodeJS.ProcessEnv {
  return { UNISON: join(state, "unison"), UNISONLOCALHOSTNAME: place.name };
}
