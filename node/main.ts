/** A real peer: reads its configuration, builds the adapters, runs. */

import { readFile, realpath } from "node:fs/promises";
import type { FolderId } from "../protocol/ids.ts";
import { parsePeerAddress, type PeerAddress } from "../protocol/membership/address.ts";
import { describeSeedProblem, parseSeeds } from "../protocol/membership/seeds.ts";
import { ComputePool } from "./adapters/compute/compute-pool.ts";
import { ControlSocket } from "./adapters/control-socket.ts";
import { claimDataDirectory, machineFingerprint } from "./adapters/data-directory.ts";
import { NodeDisk } from "./adapters/disk/disk.ts";
import { readKeyFile } from "./adapters/key-file.ts";
import { Libp2pNetwork } from "./adapters/libp2p/host.ts";
import { PinoLog } from "./adapters/pino-log.ts";
import { SystemClock } from "./adapters/system-clock.ts";
import { SystemProbe } from "./adapters/system-probe.ts";
import { SystemRandom } from "./adapters/system-random.ts";
import { DirectoryWatcher } from "./adapters/watcher/directory-watcher.ts";
import type { Config } from "./config.ts";
import { controlRoutes } from "./control/routes.ts";
import { identityOfSeed } from "./identity.ts";
import { Peer } from "./peer.ts";
import type { Ports } from "./ports.ts";

/** The configuration names something that cannot be used, in words for the operator. */
export class ConfigError extends Error {}

export interface RunningPeer {
  stop(): Promise<void>;
}

/** @throws ConfigError, DataDirectoryError, TrustError, FolderError */
export async function runPeer(config: Config): Promise<RunningPeer> {
  const undo = new AsyncDisposableStack();
  try {
    const log = PinoLog.open({ level: config.logLevel });
    undo.defer(() => log.close());
    const key = await readKeyFile(config.data);
    const data = await claimDataDirectory(config.data, await machineFingerprint());
    undo.defer(() => data.close());
    const [clock, random] = [new SystemClock(), new SystemRandom()];
    const compute = new ComputePool();
    undo.defer(() => compute.close());
    const ports: Ports = {
      clock,
      random,
      log,
      compute,
      store: data.store,
      disk: new NodeDisk(),
      watcher: new DirectoryWatcher(),
      probe: new SystemProbe(),
      network: new Libp2pNetwork({ seed: key, listen: config.listen, clock, random, log }),
    };
    const identity = identityOfSeed(key);
    const peer = await Peer.open({
      ports,
      identity,
      documents: await Promise.all(
        [config.license, config.policy].flatMap((file) => (file === undefined ? [] : [read(file)])),
      ),
      folders: await rootsOf(config),
      seeds: config.seeds === undefined ? [] : await seedsOf(config.seeds),
      announce: config.announce.map(announcedAddress),
      isFirst: config.first,
    });
    await peer.start();
    undo.defer(() => peer.stop());
    const control = await ControlSocket.open({ directory: config.data, routes: controlRoutes(peer.control), log });
    undo.defer(() => control.close());
    log.write("info", "peer-started", { peer: identity.peer, addresses: ports.network.addresses() });
    return { stop: () => undo.disposeAsync() };
  } catch (error) {
    await undo.disposeAsync();
    throw error;
  }
}

async function rootsOf({ folders }: Config): Promise<ReadonlyMap<FolderId, string>> {
  const roots = new Map<FolderId, string>();
  for (const [id, path] of Object.entries(folders)) {
    const folder = id as FolderId;
    try {
      roots.set(folder, await realpath(path));
    } catch (error) {
      throw new ConfigError(`folder "${id}": ${path} cannot be used: ${String(error)}; make the directory first`);
    }
  }
  return roots;
}

async function seedsOf(file: string): Promise<ReturnType<typeof parseSeeds>["seeds"]> {
  const { seeds, problems } = parseSeeds((await read(file)).toString());
  if (problems.length > 0)
    throw new ConfigError(problems.map((problem) => describeSeedProblem(file, problem)).join("\n"));
  return seeds;
}

function announcedAddress(text: string): PeerAddress {
  const address = parsePeerAddress(text);
  if (address === undefined) throw new ConfigError(`--announce ${text} is no address such as /ip4/192.0.2.11/tcp/4240`);
  return address;
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new ConfigError(`${file} cannot be read: ${String(error)}`);
  }
}
