/**
 * A machine of a simulated site: a disk, a store, a calendar and people who work on it, and, while
 * it is up, one process with a real peer (`node/peer.ts`) on fake ports.
 *
 * A process can end in four ways: it is stopped, it is killed and the kernel lives on, its machine
 * loses power, or it cannot start. Whatever it asked for is then never answered.
 */

import { type Identity, identityOfSeed } from "../../node/identity.ts";
import { Peer } from "../../node/peer.ts";
import type { Network } from "../../node/ports.ts";
import type { FolderId } from "../../protocol/ids.ts";
import type { Role } from "../../protocol/documents/license.ts";
import type { NameFolding } from "../../protocol/folder/fold.ts";
import type { Place } from "../../protocol/membership/place.ts";
import { parseSeeds } from "../../protocol/membership/seeds.ts";
import type { FakeAuthority } from "./authority.ts";
import { Calendar, FakeClock, worldEpochMs } from "./clock.ts";
import { FakeCompute } from "./compute.ts";
import { FakeDisk } from "./disk.ts";
import type { DiskImage } from "./disk-image.ts";
import { FakeFileSystem } from "./file-system.ts";
import { FakeLog } from "./log.ts";
import { noLuck, type PowerCutLuck } from "./luck.ts";
import { MachineFaults } from "./machine-faults.ts";
import { FakeNetwork } from "./network.ts";
import type { NetworkFabric } from "./network-fabric.ts";
import { FakeProbe } from "./probe.ts";
import { FakeRandom } from "./random.ts";
import { FakeStore, FakeStoreMedium, type StoreSnapshot } from "./store.ts";
import { FakeUser } from "./user.ts";
import { FakeWatcher, type FakeWatcherOptions } from "./watcher.ts";
import type { Life, World } from "./world.ts";

export interface MachineOptions {
  readonly name: string;
  readonly place?: Partial<Place>;
  readonly roles?: readonly Role[];
  /** Whether its disk can swap two names, and flush a file system. Default true. */
  readonly likeLinux?: boolean;
  /** What its disk does not tell apart in names. Default: it tells all apart. */
  readonly foldsNames?: NameFolding;
  /** Stands between its peer and its network: a liar, or an older version. */
  readonly disguise?: (network: Network) => Network;
}

/** What a machine is part of. */
export interface MachineSite {
  readonly world: World;
  readonly fabric: NetworkFabric;
  readonly authority: FakeAuthority;
  readonly folder: FolderId;
  seeds(): string;
  policy(): Uint8Array;
}

export interface MachineSnapshot {
  readonly disk: DiskImage;
  readonly store: StoreSnapshot;
}

export type SetBack = "a power cut" | "an older copy" | "a lost store";

const folderRoot = "/srv/press";
const defaultRoles: readonly Role[] = ["watch", "serve", "master"];

const itself = (network: Network): Network => network;

export class SimulatedMachine {
  readonly name: string;
  readonly identity: Identity;
  readonly address: string;
  readonly license: Uint8Array;
  readonly calendar: Calendar;
  readonly fileSystem: FakeFileSystem;
  readonly medium = new FakeStoreMedium();
  readonly user: FakeUser;
  readonly log: FakeLog;
  readonly faults = new MachineFaults();
  /** What its operator starts it with beside its license and the policy. */
  readonly documents: Uint8Array[] = [];
  /** Whether its operator says at the next start that its disk is a new one. */
  refill = false;
  /**
   * Called right before what stands on this machine is set back by a power cut or a restore; what
   * it returns is called right after. For ledgers.
   */
  onSetBack: ((why: SetBack) => () => void) | undefined;
  /** Called with each peer before it is started. For ledgers. */
  onOpened: ((peer: Peer) => void) | undefined;
  readonly #site: MachineSite;
  readonly #likeLinux: boolean;
  readonly #disguise: (network: Network) => Network;
  #watcherOptions: FakeWatcherOptions = {};
  #lives = 0;
  #life: Life | undefined;
  #watcher: FakeWatcher | undefined;
  #peer: Peer | undefined;

  constructor(
    site: MachineSite,
    { name, place, roles = defaultRoles, disguise = itself, likeLinux = true, foldsNames }: MachineOptions,
  ) {
    const { world, fabric, authority } = site;
    this.name = name;
    this.#likeLinux = likeLinux;
    this.#site = site;
    this.#disguise = disguise;
    this.identity = identityOfSeed(world.chance.fork(`key of ${name}`).bytes(32));
    this.address = fabric.newAddress();
    const standing = { region: "eu", group: "web", server: name, ...place };
    this.license = authority.licenseFile(this.identity.peer, standing, roles);
    const calendar = new Calendar(world);
    this.calendar = calendar;
    const time = {
      get nowMs() {
        return calendar.nowMs - worldEpochMs;
      },
    };
    this.fileSystem = new FakeFileSystem(time, undefined, foldsNames);
    this.user = new FakeUser(this.fileSystem, folderRoot);
    // Whoever set up the machine did so long ago.
    this.fileSystem.flushAll();
    this.log = new FakeLog(world, { machine: name });
  }

  /** The peer that runs. @throws when none does, or it is still starting */
  get peer(): Peer {
    if (this.#peer === undefined) throw new Error(`${this.name} is not running`);
    return this.#peer;
  }

  /** Whether it has a process: one that starts, runs or stops. */
  get isUp(): boolean {
    return this.#life !== undefined;
  }

  /** The process, whatever it does; undefined when there is none. */
  get life(): Life | undefined {
    return this.#life;
  }

  /** Whether its peer has started, and has not stopped. */
  get isRunning(): boolean {
    return this.#peer !== undefined;
  }

  /** Whether its folder is whole and quiet (FORMATS 30). */
  get isIdle(): boolean {
    return this.#peer?.control.folders().every(({ state }) => state === "idle") === true;
  }

  /** @throws what keeps a peer from starting; the process is then over */
  async start(): Promise<void> {
    if (this.#life !== undefined) throw new Error(`${this.name} has a process already`);
    this.#lives += 1;
    const life = this.#site.world.life(`${this.name}#${this.#lives}`);
    this.#life = life;
    try {
      const peer = await this.#open(life);
      this.onOpened?.(peer);
      await peer.start();
      this.#peer = peer;
    } catch (error) {
      this.log.write("error", "start-failed", { why: error instanceof Error ? error.message : String(error) });
      this.kill();
      throw error;
    }
  }

  async stop(): Promise<void> {
    const life = this.#life;
    await this.#peer?.stop();
    if (this.#life === life) this.#end();
  }

  /** The process is gone without a word; what it wrote stays. `start` gives the machine another one. */
  kill(): void {
    if (this.#life === undefined) return;
    this.#end();
    this.#site.fabric.crash(this.identity.peer);
  }

  /** The machine loses power: of what was not flushed, only what luck says is left. */
  crash(luck: PowerCutLuck = noLuck): void {
    const done = this.onSetBack?.("a power cut");
    this.kill();
    this.fileSystem.crash(luck.disk);
    this.medium.crash(luck.store);
    done?.();
  }

  /** Its event loop does nothing for so long. */
  stall(forMs: number): void {
    this.#life?.stall(forMs);
  }

  // --- Snapshots ------------------------------------------------------------------------------

  snapshot(): MachineSnapshot {
    return { disk: this.fileSystem.snapshot(), store: this.medium.snapshot() };
  }

  /** Puts back an older disk, or store, or both. Only while it is down. */
  restore({ disk, store }: Partial<MachineSnapshot>): void {
    const done = this.#setBack("an older copy");
    if (disk !== undefined) this.fileSystem.restore(disk);
    if (store !== undefined) this.medium.restore(store);
    done();
  }

  /** Only while it is down. */
  loseStore(): void {
    const done = this.#setBack("a lost store");
    this.medium.restore();
    done();
  }

  // --- The watcher of whatever process runs ------------------------------------------------------

  set watcherOptions(options: FakeWatcherOptions) {
    this.#watcherOptions = options;
    if (this.#watcher !== undefined) this.#watcher.options = options;
  }

  /** The kernel dropped events and said so. */
  overflowWatcher(): void {
    this.#watcher?.overflow();
  }

  /** The platform took the watches away. */
  endWatcher(why: string): void {
    this.#watcher?.die(why);
  }

  // --- Inside -------------------------------------------------------------------------------------

  #open(life: Life): Promise<Peer> {
    const { fabric, folder } = this.#site;
    this.#watcher = new FakeWatcher(life, this.fileSystem, this.#watcherOptions);
    const { peer: self } = this.identity;
    const network = new FakeNetwork({ fabric, stage: life, self, log: this.log, address: this.address });
    return Peer.open({
      ports: {
        clock: new FakeClock(life, { calendar: this.calendar }),
        random: new FakeRandom(life.chance.fork("random")),
        network: this.#disguise(network),
        disk: new FakeDisk(life, this.fileSystem, { faults: this.faults, likeLinux: this.#likeLinux }),
        store: new FakeStore(life, this.medium, { faults: this.faults }),
        watcher: this.#watcher,
        compute: new FakeCompute(life),
        probe: new FakeProbe(life),
        log: this.log,
      },
      identity: this.identity,
      documents: [this.license, this.#site.policy(), ...this.documents],
      folders: new Map([[folder, folderRoot]]),
      seeds: parseSeeds(this.#site.seeds()).seeds,
      announce: [],
      isFirst: false,
      refill: new Set(this.refill ? [folder] : []),
    });
  }

  #end(): void {
    this.#life?.end();
    this.#life = undefined;
    this.#peer = undefined;
    this.#watcher = undefined;
  }

  #setBack(why: SetBack): () => void {
    if (this.isUp) throw new Error(`${this.name} has a process`);
    return this.onSetBack?.(why) ?? (() => undefined);
  }
}
