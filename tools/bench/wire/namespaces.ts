/**
 * Every place in a network namespace of its own, joined by veth to the bridge of its region in one more
 * namespace, the hub. Where a layout has a border, a relay joins the bridges of the two regions.
 *
 * Namespaces outlive a process that is killed, so their names carry its pid and the next run
 * sweeps what a dead one left.
 */

import { existsSync, readdirSync } from "node:fs";
import type { Layout, Position } from "../layout.ts";
import { ask } from "../processes.ts";
import { layBorder, type LaidBorder } from "./border.ts";
import { linkBytes } from "./traffic.ts";
import type { Wire } from "./wire.ts";

interface Laid {
  readonly position: Position;
  readonly namespace: string;
  readonly address: string;
}

const prefix = "cdmesh-bench";
const namespaceFolder = "/var/run/netns";
/** One of the networks that are set aside for benchmarks (RFC 2544). */
const network = "198.18.77";

export async function layNamespaces(layout: Layout): Promise<Wire> {
  await sweep();
  const hub = `${prefix}-${process.pid}-hub`;
  const laid = layout.positions.map((position, at) => ({
    position,
    namespace: `${prefix}-${process.pid}-${position.name}`,
    address: `${network}.${at + 1}`,
  }));
  const regions = [...new Set(layout.positions.map(({ region }) => region))];
  let border: LaidBorder | undefined;
  const close = async () => {
    await border?.close();
    for (const namespace of [hub, ...laid.map((each) => each.namespace)]) await remove(namespace);
  };
  try {
    await ip("netns", "add", hub);
    for (const at of regions.keys()) await addBridge(hub, bridgeOf(at));
    for (const [at, place] of laid.entries()) {
      const port = `port${at}`;
      await addPlace(place, { hub, port, bridge: bridgeOf(regions.indexOf(place.position.region)) });
      if (layout.linkMbit !== undefined) {
        await limitRate(place.namespace, "eth0", layout.linkMbit);
        await limitRate(hub, port, layout.linkMbit);
      }
    }
    if (layout.border !== undefined) {
      border = await layBorder(
        hub,
        regions.map((region, at) => ({ region, bridge: bridgeOf(at) })),
        layout.border,
      );
    }
  } catch (failure) {
    await close();
    throw failure;
  }
  return {
    places: laid.map(({ position, namespace, address }) => ({
      ...position,
      address,
      command: (program, words) => ["ip", ["netns", "exec", namespace, program, ...words]],
    })),
    async traffic() {
      const sent = laid.map(async ({ position, namespace }) => {
        const bytes = linkBytes(await ip("-n", namespace, "-s", "-j", "link", "show", "dev", "eth0"));
        return [position.name, bytes.sent] as const;
      });
      return { sent: Object.fromEntries(await Promise.all(sent)), entered: (await border?.entered()) ?? {} };
    },
    broken: border?.broken ?? Promise.withResolvers<never>().promise,
    close,
  };
}

function bridgeOf(region: number): string {
  return `bridge${region}`;
}

async function addBridge(hub: string, bridge: string): Promise<void> {
  await ip("-n", hub, "link", "add", bridge, "type", "bridge");
  await ip("-n", hub, "link", "set", bridge, "addrgenmode", "none", "up");
}

interface Port {
  readonly hub: string;
  readonly port: string;
  readonly bridge: string;
}

async function addPlace({ namespace, address }: Laid, { hub, port, bridge }: Port): Promise<void> {
  await ip("netns", "add", namespace);
  await ip("-n", namespace, "link", "add", "eth0", "type", "veth", "peer", "name", port, "netns", hub);
  // Without IPv6 addresses the interfaces stay silent: only the program's own bytes are counted.
  await ip("-n", hub, "link", "set", port, "master", bridge, "addrgenmode", "none", "up");
  await ip("-n", namespace, "link", "set", "eth0", "addrgenmode", "none", "up");
  await ip("-n", namespace, "link", "set", "lo", "up");
  await ip("-n", namespace, "address", "add", `${address}/24`, "dev", "eth0");
}

/** What leaves through this interface. The bucket holds one large segment, the queue what a small switch would. */
async function limitRate(namespace: string, device: string, mbit: number): Promise<void> {
  const rule = ["rate", `${mbit}mbit`, "burst", "64kb", "latency", "50ms"];
  await ask("tc", ["-n", namespace, "qdisc", "add", "dev", device, "root", "tbf", ...rule]);
}

/** Ends what still runs in namespaces that a dead run left, and removes them. */
async function sweep(): Promise<void> {
  if (!existsSync(namespaceFolder)) return;
  for (const namespace of readdirSync(namespaceFolder)) {
    const maker = new RegExp(`^${prefix}-(\\d+)-`).exec(namespace)?.[1];
    if (maker !== undefined && !existsSync(`/proc/${maker}`)) await remove(namespace);
  }
}

async function remove(namespace: string): Promise<void> {
  if (!existsSync(`${namespaceFolder}/${namespace}`)) return;
  for (const pid of (await ip("netns", "pids", namespace)).split("\n").filter((line) => line !== "")) {
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // It ended between the listing and the signal.
    }
  }
  await ip("netns", "delete", namespace);
}

async function ip(...words: readonly string[]): Promise<string> {
  return ask("ip", words);
}
