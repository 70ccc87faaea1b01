/**
 * The border between two regions: a tap on the bridge of each, and a process that carries frames from
 * one to the other, late and no faster than the line (relay.ts). The kernels that the bench meets do not
 * all have netem.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Border } from "../layout.ts";
import { ask } from "../processes.ts";
import { linkBytes, type Traffic } from "./traffic.ts";

export interface LaidBorder {
  /** What came into each region. */
  entered(): Promise<Traffic["entered"]>;
  /** Rejects when the relay ended by itself; never resolves. */
  readonly broken: Promise<never>;
  close(): Promise<void>;
}

interface Side {
  readonly region: string;
  readonly bridge: string;
}

const relayPath = fileURLToPath(new URL("relay.ts", import.meta.url));

/** Between the bridges of two regions, all in this namespace. */
export async function layBorder(hub: string, sides: readonly Side[], { mbit, delayMs }: Border): Promise<LaidBorder> {
  if (sides.length !== 2) throw new Error(`a border lies between two regions, not ${sides.length}`);
  const taps = sides.map((side, at) => ({ ...side, tap: `border${at}` }));
  for (const { tap, bridge } of taps) {
    await ask("ip", ["-n", hub, "tuntap", "add", "dev", tap, "mode", "tap"]);
    await ask("ip", ["-n", hub, "link", "set", tap, "master", bridge, "addrgenmode", "none", "up"]);
  }
  const words = ["netns", "exec", hub, process.execPath, relayPath, ...taps.map(({ tap }) => tap)];
  const relay = spawn("ip", [...words, `${mbit}`, `${delayMs}`], { stdio: ["ignore", "pipe", "inherit"] });
  const over = overOf(relay);
  const { promise: broken, reject } = Promise.withResolvers<never>();
  broken.catch(() => undefined);
  let isClosing = false;
  void over.then((how) => {
    if (!isClosing) reject(new Error(`the border's relay ended with ${how}`));
  });
  await Promise.race([once(relay.stdout, "data"), broken]);
  return {
    async entered() {
      const bytes = taps.map(async ({ region, tap }) => {
        const { received } = linkBytes(await ask("ip", ["-n", hub, "-s", "-j", "link", "show", "dev", tap]));
        return [region, received] as const;
      });
      return Object.fromEntries(await Promise.all(bytes));
    },
    broken,
    async close() {
      isClosing = true;
      relay.kill("SIGTERM");
      await over;
    },
  };
}

async function overOf(relay: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  relay.once("error", (error) => resolve(error.message));
  relay.once("exit", (code, signalName) => resolve(code === null ? `signal ${signalName}` : `exit code ${code}`));
  return promise;
}
