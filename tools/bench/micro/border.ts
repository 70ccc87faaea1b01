/**
 * What the border of W7 really gives: round trips between two places on either side of it, and what one
 * and what four TCP connections carry over it. As root. One JSON line for each case.
 *
 *     node tools/bench/micro/border.ts
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { summarize } from "../statistics.ts";
import { layWire } from "../wire/laying.ts";
import type { Place } from "../wire/wire.ts";
import { w7 } from "../workloads/w7.ts";

const port = 5000;
const handshakes = 20;
/** Until a connection has found the rate, and for how long that is looked at. */
const warmUpMs = 5000;
const lookMs = 20_000;
const self = fileURLToPath(import.meta.url);

const [role, address = "", connections] = process.argv.slice(2);
if (role === "receive") await receive(address);
else if (role === "handshakes") await shakeHands(address);
else if (role === "send") await send(address, Number(connections));
else await measure();

async function measure(): Promise<void> {
  const { border, positions } = w7.layout;
  const wire = await layWire("namespaces", w7.layout);
  let receiver: ChildProcess | undefined;
  try {
    const [source] = wire.places;
    const target = wire.places.find(({ region }) => region !== source?.region);
    if (source === undefined || target === undefined) throw new Error("a border with nobody behind it");
    print({ what: "asked for", ...border, places: positions.length });
    receiver = start(target, ["receive", target.address]);
    if (receiver.stdout !== null) await once(receiver.stdout, "data");
    const trips = (await outputOf(start(source, ["handshakes", target.address]))).split("\n").map(Number);
    print({ what: "handshake, ms", ...summarize(trips) });
    for (const count of [1, 4]) {
      const sender = start(source, ["send", target.address, `${count}`]);
      const entered = async () => ((await wire.traffic())?.entered[target.region] ?? 0) / 1e6;
      await pause(warmUpMs);
      const startMs = performance.now();
      const before = await entered();
      await pause(lookMs);
      const seconds = (performance.now() - startMs) / 1000;
      const megabytes = (await entered()) - before;
      print({ what: `${count} connections`, mbit: (megabytes * 8) / seconds });
      sender.kill();
      await once(sender, "exit");
    }
  } finally {
    receiver?.kill();
    await wire.close();
  }
}

async function receive(host: string): Promise<void> {
  const server = createServer((socket) => socket.resume());
  await once(server.listen(port, host), "listening");
  process.stdout.write("listening\n");
}

/** As much as goes, until it is ended. */
async function send(host: string, count: number): Promise<void> {
  const noise = Buffer.alloc(64 * 1024);
  const one = async () => {
    const socket = connect(port, host);
    await once(socket, "connect");
    for (;;) if (!socket.write(noise)) await once(socket, "drain");
  };
  await Promise.all(Array.from({ length: count }, one));
}

/** A handshake of TCP is one round trip. */
async function shakeHands(host: string): Promise<void> {
  const tripsMs: number[] = [];
  for (let at = 0; at < handshakes; at += 1) {
    const startMs = performance.now();
    const socket = connect(port, host);
    await once(socket, "connect");
    tripsMs.push(performance.now() - startMs);
    socket.destroy();
  }
  process.stdout.write(tripsMs.join("\n"));
}

/** This file, in one of its roles. */
function start(place: Place, words: readonly string[]): ChildProcess {
  const [command, line] = place.command(process.execPath, [self, ...words]);
  return spawn(command, line, { stdio: ["ignore", "pipe", "inherit"] });
}

async function outputOf(child: ChildProcess): Promise<string> {
  const chunks: string[] = [];
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
  await once(child, "exit");
  return chunks.join("");
}

function print(line: Readonly<Record<string, string | number>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
