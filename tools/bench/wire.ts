/**
 * Where each end of a run lives, and the wire between them.
 *
 * As root every place is a network namespace of its own, joined by veth to a bridge in one more
 * namespace: nothing touches the machine's own network, and the interface counters show what
 * crossed the wire. Otherwise the places are addresses on loopback, and no bytes can be told.
 *
 * Namespaces outlive a process that is killed, so their names carry its pid and the next run
 * sweeps what a dead one left.
 */

import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { promisify } from "node:util";
import { z } from "zod";

export type WireKind = "namespaces" | "loopback";

/** Where one end of a run lives. */
export interface Place {
  readonly name: string;
  readonly address: string;
  /** The command line that runs this command here, in the same process. */
  command(program: string, words: readonly string[]): readonly [program: string, words: readonly string[]];
}

export interface Wire {
  readonly kind: WireKind;
  readonly places: readonly Place[];
  /** Bytes that the places have put on the wire so far; undefined where they share it with others. */
  bytesSent(): Promise<number | undefined>;
  close(): Promise<void>;
}

export function wireKind(): WireKind {
  return process.getuid?.() === 0 && existsSync("/var/run") && existsSync("/proc/self/ns/net")
    ? "namespaces"
    : "loopback";
}

/** Lays a wire with one place for each name. Whoever lays it closes it. */
export async function layWire(kind: WireKind, names: readonly string[]): Promise<Wire> {
  return kind === "namespaces" ? layNamespaces(names) : layLoopback(names);
}

const prefix = "cdmesh-bench";
const namespaceFolder = "/var/run/netns";
/** One of the networks that are set aside for benchmarks (RFC 2544). */
const network = "198.18.77";
const run = promisify(execFile);

async function layNamespaces(names: readonly string[]): Promise<Wire> {
  await sweep();
  const hub = `${prefix}-${process.pid}-hub`;
  const laid = names.map((name, at) => ({
    name,
    namespace: `${prefix}-${process.pid}-${name}`,
    address: `${network}.${at + 1}`,
    port: `port${at}`,
  }));
  const namespaces = [hub, ...laid.map(({ namespace }) => namespace)];
  const close = async () => {
    for (const namespace of namespaces) await remove(namespace);
  };
  try {
    await ip("netns", "add", hub);
    await ip("-n", hub, "link", "add", "bridge", "type", "bridge");
    await ip("-n", hub, "link", "set", "bridge", "addrgenmode", "none", "up");
    for (const { namespace, address, port } of laid) {
      await ip("netns", "add", namespace);
      await ip("-n", namespace, "link", "add", "eth0", "type", "veth", "peer", "name", port, "netns", hub);
      // Without IPv6 addresses the interfaces stay silent: only the program's own bytes are counted.
      await ip("-n", hub, "link", "set", port, "master", "bridge", "addrgenmode", "none", "up");
      await ip("-n", namespace, "link", "set", "eth0", "addrgenmode", "none", "up");
      await ip("-n", namespace, "link", "set", "lo", "up");
      await ip("-n", namespace, "address", "add", `${address}/24`, "dev", "eth0");
    }
  } catch (failure) {
    await close();
    throw failure;
  }
  return {
    kind: "namespaces",
    places: laid.map(({ name, namespace, address }) => ({
      name,
      address,
      command: (program, words) => ["ip", ["netns", "exec", namespace, program, ...words]],
    })),
    async bytesSent() {
      const sent = await Promise.all(laid.map(({ namespace }) => sentBytes(namespace)));
      return sent.reduce((sum, bytes) => sum + bytes, 0);
    },
    close,
  };
}

async function layLoopback(names: readonly string[]): Promise<Wire> {
  return {
    kind: "loopback",
    places: names.map((name, at) => ({
      name,
      address: `127.77.0.${at + 1}`,
      command: (program, words) => [program, words],
    })),
    bytesSent: async () => undefined,
    close: async () => undefined,
  };
}

const linkStatistics = z.array(z.object({ stats64: z.object({ tx: z.object({ bytes: z.number() }) }) })).length(1);

async function sentBytes(namespace: string): Promise<number> {
  const [link] = linkStatistics.parse(JSON.parse(await ip("-n", namespace, "-s", "-j", "link", "show", "dev", "eth0")));
  return link?.stats64.tx.bytes ?? 0;
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
  return (await run("ip", words)).stdout;
}
