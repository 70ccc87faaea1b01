/** A real peer: reads what its configuration names, builds the adapters, runs. */

import { readFile, realpath, stat } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { envelopesInFile } from "../protocol/documents/file.ts";
import { isRefusal } from "../protocol/documents/verified.ts";
import type { FolderId } from "../protocol/ids.ts";
import type { AddressedPeer } from "../protocol/membership/address.ts";
import { describeSeedProblem, parseSeeds } from "../protocol/membership/seeds.ts";
import { describeRefusal } from "../protocol/refusal.ts";
import { ComputePool } from "./adapters/compute/compute-pool.ts";
import { ControlSocket } from "./adapters/control-socket.ts";
import { claimDataDirectory, machineFingerprint } from "./adapters/data-directory.ts";
import { NodeDisk } from "./adapters/disk/disk.ts";
import { readKeyFile } from "./adapters/key-file.ts";
import { Libp2pNetwork } from "./adapters/libp2p/host.ts";
import { SystemClock } from "./adapters/system-clock.ts";
import { SystemProbe } from "./adapters/system-probe.ts";
import { SystemRandom } from "./adapters/system-random.ts";
import { platformWatcher } from "./adapters/watcher/platform-watcher.ts";
import type { Config } from "./config.ts";
import { controlRoutes } from "./control/routes.ts";
import { identityOfSeed } from "./identity.ts";
import { Peer } from "./peer.ts";
import type { Log, Ports } from "./ports.ts";

/** The configuration names something that cannot be used, in words for the operator. */
export class ConfigError extends Error {
  readonly field: keyof Config;
  /** The file or directory in question. */
  readonly path: string;

  constructor(field: keyof Config, path: string, what: string) {
    super(what);
    this.name = "ConfigError";
    this.field = field;
    this.path = path;
  }
}

/** A file of another kind would fill the terminal. */
const seedProblemsShown = 5;

export interface RunningPeer {
  /** Finishes or abandons what is under way. */
  stop(): Promise<void>;
}

/**
 * @param log stays open, for whoever opened it may have more to say
 * @throws ConfigError, KeyFileError, DataDirectoryError, TrustError, FolderError, NetworkStartError
 */
export async function runPeer(config: Config, log: Log): Promise<RunningPeer> {
  const undo = new AsyncDisposableStack();
  try {
    // Wherever the process goes later, DATA stays where it is.
    const directory = resolve(config.data);
    const key = await readKeyFile(directory);
    const given = await readGiven(config);
    const data = await claimDataDirectory(directory, await machineFingerprint());
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
      watcher: platformWatcher(config.watcher, process.platform),
      probe: new SystemProbe(),
      network: new Libp2pNetwork({ seed: key, listen: config.listen, clock, random, log }),
    };
    const identity = identityOfSeed(key);
    const { announce, first: isFirst } = config;
    const refill = new Set(config.refill);
    const peer = await Peer.open({ ports, identity, ...given, announce, isFirst, refill });
    undo.defer(() => peer.stop());
    await peer.start();
    const control = await ControlSocket.open({ directory, routes: controlRoutes(peer.control), log });
    undo.defer(() => control.close());
    log.write("info", "peer-started", { peer: identity.peer, addresses: ports.network.addresses() });
    return { stop: () => undo.disposeAsync() };
  } catch (error) {
    await undo.disposeAsync();
    throw error;
  }
}

// --- What the configuration names ---------------------------------------------------------------

interface Given {
  readonly documents: readonly Uint8Array[];
  readonly folders: ReadonlyMap<FolderId, string>;
  readonly seeds: readonly AddressedPeer[];
}

async function readGiven(config: Config): Promise<Given> {
  return {
    documents: [...(await documentsOf(config, "license")), ...(await documentsOf(config, "policy"))],
    folders: await rootsOf(config),
    seeds: await seedsOf(config),
  };
}

async function documentsOf(config: Config, field: "license" | "policy"): Promise<readonly Uint8Array[]> {
  const path = config[field];
  if (path === undefined) return [];
  const file = await read(field, path);
  const envelopes = envelopesInFile(file);
  if (isRefusal(envelopes)) throw new ConfigError(field, path, `holds no ${field}: ${describeRefusal(envelopes)}`);
  return [file];
}

async function seedsOf({ seeds: path }: Config): Promise<readonly AddressedPeer[]> {
  if (path === undefined) return [];
  const { seeds, problems } = parseSeeds((await read("seeds", path)).toString());
  if (problems.length === 0) return seeds;
  const lines = problems.slice(0, seedProblemsShown).map((problem) => describeSeedProblem(path, problem));
  throw new ConfigError("seeds", path, `has lines that are no addresses\n  ${lines.join("\n  ")}`);
}

async function rootsOf(config: Config): Promise<ReadonlyMap<FolderId, string>> {
  const roots = new Map<FolderId, string>();
  const data = await realpath(resolve(config.data));
  for (const [id, path] of config.folders) {
    const root = await rootAt(path);
    // A key or a store would travel to every holder, and each record of that would be a change again.
    if (lies(data, root) || lies(root, data)) {
      throw new ConfigError(
        "folders",
        path,
        `cannot be the root of "${id}": it and the peer's own ${data} lie in each other`,
      );
    }
    const other = [...roots].find(([, known]) => lies(known, root) || lies(root, known));
    if (other !== undefined) {
      throw new ConfigError(
        "folders",
        path,
        `cannot be the root of "${id}": it and that of "${other[0]}" lie in each other`,
      );
    }
    roots.set(id, root);
  }
  return roots;
}

async function rootAt(path: string): Promise<string> {
  try {
    const root = await realpath(path);
    if ((await stat(root)).isDirectory()) return root;
  } catch (error) {
    throw new ConfigError("folders", path, `cannot be a folder's root: ${reasonOf(error)}`);
  }
  throw new ConfigError("folders", path, "cannot be a folder's root: it is no directory");
}

/** Whether one is the other or lies below it. */
function lies(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : `${directory}${sep}`);
}

async function read(field: keyof Config, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new ConfigError(field, path, `cannot be read: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  switch (error instanceof Error && "code" in error ? error.code : undefined) {
    case "ENOENT":
      return "it is not there";
    case "ENOTDIR":
      return "a part of its path is no directory";
    case "EISDIR":
      return "it is a directory";
    case "EACCES":
      return "that is not permitted";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
