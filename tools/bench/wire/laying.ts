/**
 * Laying the wire of a run.
 *
 * As root every place is a network namespace of its own (namespaces.ts): nothing touches the machine's
 * own network, the interface counters show what crossed the wire, and links have the rates that a
 * workload asks for. Otherwise the places are addresses on loopback, and no bytes can be told.
 */

import { existsSync } from "node:fs";
import type { Layout } from "../layout.ts";
import { layNamespaces } from "./namespaces.ts";
import type { Wire } from "./wire.ts";

export type WireKind = "namespaces" | "loopback";

export function wireKind(): WireKind {
  return process.getuid?.() === 0 && existsSync("/var/run") && existsSync("/proc/self/ns/net")
    ? "namespaces"
    : "loopback";
}

/** @throws where this kind of wire cannot be as the layout asks */
export async function layWire(kind: WireKind, layout: Layout): Promise<Wire> {
  return kind === "namespaces" ? layNamespaces(layout) : layLoopback(layout);
}

function layLoopback({ positions, linkMbit, border }: Layout): Wire {
  if (linkMbit !== undefined || border !== undefined)
    throw new Error("links of a given rate need network namespaces: run as root");
  return {
    places: positions.map((position, at) => ({
      ...position,
      address: `127.77.0.${at + 1}`,
      command: (program, words) => [program, words],
    })),
    traffic: async () => undefined,
    broken: Promise.withResolvers<never>().promise,
    close: async () => undefined,
  };
}
