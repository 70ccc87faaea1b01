/**
 * Syncthing with everything that talks to the outside off, and its watcher at the shortest delay that
 * it accepts (1 s).
 *
 * A transfer asks it by REST to scan at once, so that its throughput does not include that delay;
 * the latency of single files is the watcher's. REST goes over a Unix socket, which reaches it across
 * network namespaces.
 */

import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { z } from "zod";
import { eventually } from "../waiting.ts";
import { allEnds, type End } from "../ends.ts";
import { ask, type Processes } from "../processes.ts";
import type { Contender } from "./contender.ts";

export const syncthing: Contender = {
  name: "syncthing",
  ownNames: [".stfolder", ".stversions"],
  async installed() {
    const line = await ask("syncthing", ["--version"]).catch(() => undefined);
    return line === undefined ? undefined : `syncthing ${/v(\d[\d.]*)/.exec(line)?.[1] ?? "?"}`;
  },
  async prepare(ends, processes) {
    const devices = await Promise.all(allEnds(ends).map(makeDevice));
    for (const device of devices) await writeFile(configurationOf(device), configuration(device, devices));
    const source = devices[0];
    return {
      async start() {
        const startedAtMs = Date.now();
        for (const device of devices) startDevice(device, processes);
        const ready = devices.map((device) => {
          const what = `syncthing at the ${device.end.place.name} is connected and idle`;
          return eventually(what, () => isReady(device, devices, startedAtMs));
        });
        await Promise.all(ready);
      },
      async transfer() {
        if (source !== undefined) await rest(source, "POST", "/rest/db/scan?folder=bench");
      },
    };
  },
};

const port = 22_000;

interface Device {
  readonly end: End;
  readonly id: string;
  readonly apiKey: string;
  readonly socket: string;
}

async function makeDevice(end: End): Promise<Device> {
  await ask("syncthing", ["generate", `--home=${end.state}`, "--no-default-folder", "--skip-port-probing"]);
  const generated = await readFile(join(end.state, "config.xml"), "utf8");
  const id = /<device id="([A-Z0-9-]+)"/.exec(generated)?.[1];
  if (id === undefined) throw new Error("syncthing generated no device id");
  return { end, id, apiKey: randomBytes(16).toString("hex"), socket: join(end.state, "rest") };
}

function configurationOf({ end }: Device): string {
  return join(end.state, "config.xml");
}

function startDevice({ end }: Device, processes: Processes): void {
  const words = ["serve", `--home=${end.state}`, "--no-browser", "--no-restart", "--no-upgrade"];
  processes.daemon(end, "syncthing", words, { STNOUPGRADE: "1" });
}

/** Of version 36, the oldest that the installed ones read; what is left out takes its default. */
function configuration(device: Device, devices: readonly Device[]): string {
  const members = devices.map(({ id }) => `<device id="${id}"/>`);
  const peers = devices.map(
    ({ id, end }) =>
      `<device id="${id}" name="${end.place.name}"><address>tcp://${end.place.address}:${port}</address></device>`,
  );
  return `<configuration version="36">
  <folder id="bench" path="${device.end.folder}" type="sendreceive" rescanIntervalS="3600" fsWatcherEnabled="true" fsWatcherDelayS="1">
    ${members.join("\n    ")}
    <minDiskFree unit="%">0</minDiskFree>
  </folder>
  ${peers.join("\n  ")}
  <gui enabled="true" tls="false">
    <address>${device.socket}</address>
    <unixSocketPermissions>0600</unixSocketPermissions>
    <apikey>${device.apiKey}</apikey>
  </gui>
  <options>
    <listenAddress>tcp://${device.end.place.address}:${port}</listenAddress>
    <globalAnnounceEnabled>false</globalAnnounceEnabled>
    <localAnnounceEnabled>false</localAnnounceEnabled>
    <announceLANAddresses>false</announceLANAddresses>
    <relaysEnabled>false</relaysEnabled>
    <natEnabled>false</natEnabled>
    <stunKeepaliveStartS>0</stunKeepaliveStartS>
    <reconnectionIntervalS>1</reconnectionIntervalS>
    <startBrowser>false</startBrowser>
    <urAccepted>-1</urAccepted>
    <autoUpgradeIntervalH>0</autoUpgradeIntervalH>
    <crashReportingEnabled>false</crashReportingEnabled>
    <setLowPriority>false</setLowPriority>
  </options>
</configuration>
`;
}

const connections = z.object({ connections: z.record(z.string(), z.object({ connected: z.boolean() })) });
const folderStatus = z.object({ state: z.string(), needTotalItems: z.number() });
const folderStatistics = z.object({ bench: z.object({ lastScan: z.iso.datetime({ offset: true }) }) });

/** Connected to all others, with its folder scanned in this life and idle. False also while it does not answer yet. */
async function isReady(device: Device, devices: readonly Device[], startedAtMs: number): Promise<boolean> {
  try {
    const peers = connections.parse(await rest(device, "GET", "/rest/system/connections")).connections;
    const others = devices.filter(({ id }) => id !== device.id);
    if (!others.every(({ id }) => peers[id]?.connected)) return false;
    const { bench } = folderStatistics.parse(await rest(device, "GET", "/rest/stats/folder"));
    if (Date.parse(bench.lastScan) < startedAtMs) return false;
    const folder = folderStatus.parse(await rest(device, "GET", "/rest/db/status?folder=bench"));
    return folder.state === "idle" && folder.needTotalItems === 0;
  } catch {
    return false;
  }
}

async function rest({ socket, apiKey }: Device, method: string, path: string): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const asked = request({ socketPath: socket, method, path, headers: { "X-API-Key": apiKey } });
  asked.once("response", (answer) => resolve(answerBody(answer, path)));
  asked.once("error", reject);
  asked.end();
  return promise;
}

async function answerBody(answer: IncomingMessage, path: string): Promise<unknown> {
  const body = Buffer.concat(await answer.toArray()).toString("utf8");
  if (answer.statusCode !== 200) throw new Error(`syncthing answered ${answer.statusCode} to ${path}: ${body}`);
  return body === "" ? undefined : JSON.parse(body);
}
