/**
 * A simulated site: machines with a disk and a store each, and on each a real peer (`node/peer.ts`)
 * on fake ports.
 */

import { type Identity, identityOfSeed } from "../../node/identity.ts";
import { Peer } from "../../node/peer.ts";
import { type FolderId, parseFolderId } from "../../protocol/ids.ts";
import type { Role } from "../../protocol/documents/license.ts";
import type { Place } from "../../protocol/membership/place.ts";
import { parseSeeds } from "../../protocol/membership/seeds.ts";
import { FakeAuthority } from "./authority.ts";
import { FakeClock } from "./clock.ts";
import { FakeCompute } from "./compute.ts";
import { FakeDisk } from "./disk.ts";
import { FakeFileSystem } from "./file-system.ts";
import { FakeLog } from "./log.ts";
import { MachineFaults } from "./machine-faults.ts";
import { FakeNetwork } from "./network.ts";
import { NetworkFabric } from "./network-fabric.ts";
import { FakeProbe } from "./probe.ts";
import { FakeRandom } from "./random.ts";
import { FakeStore, FakeStoreMedium } from "./store.ts";
import { FakeUser } from "./user.ts";
import { FakeWatcher } from "./watcher.ts";
import type { Life, World } from "./world.ts";

export interface MachineOptions {
  readonly name: string;
  readonly place?: Partial<Place>;
  readonly roles?: readonly Role[];
}

const folderRoot = "/srv/press";
const defaultRoles: readonly Role[] = ["watch", "serve", "master"];

export class SimulatedSite {
  readonly world: World;
  readonly fabric: NetworkFabric;
  readonly authority: FakeAuthority;
  readonly folder: FolderId;
  readonly machines: readonly SimulatedMachine[];

  constructor(world: World, machines: readonly MachineOptions[]) {
    const folder = parseFolderId("press");
    if (folder === undefined) throw new Error("press is a folder id");
    this.world = world;
    this.folder = folder;
    this.fabric = new NetworkFabric(world);
    this.authority = new FakeAuthority("press site");
    this.machines = machines.map((options) => new SimulatedMachine(this, options));
  }

  /** Every machine is a seed. */
  seeds(): string {
    return this.machines.map(({ address }) => address).join("\n");
  }

  /** Starts all machines at once. */
  async start(): Promise<void> {
    await Promise.all(this.machines.map((machine) => machine.start()));
  }

  policy(): Uint8Array {
    return this.authority.policy({ version: 1, folders: [{ id: this.folder, holders: [{ region: "*" }] }] });
  }
}

export class SimulatedMachine {
  readonly name: string;
  readonly identity: Identity;
  readonly address: string;
  readonly user: FakeUser;
  readonly log: FakeLog;
  readonly #site: SimulatedSite;
  readonly #license: Uint8Array;
  readonly #fileSystem: FakeFileSystem;
  readonly medium = new FakeStoreMedium();
  readonly faults = new MachineFaults();
  #lives = 0;
  #life: Life | undefined;
  #peer: Peer | undefined;

  constructor(site: SimulatedSite, { name, place, roles = defaultRoles }: MachineOptions) {
    const { world, fabric, authority } = site;
    this.name = name;
    this.#site = site;
    this.identity = identityOfSeed(world.chance.fork(`key of ${name}`).bytes(32));
    this.address = fabric.newAddress();
    const standing = { region: "eu", group: "web", server: name, ...place };
    this.#license = authority.licenseFile(this.identity.peer, standing, roles);
    this.#fileSystem = new FakeFileSystem(world);
    this.user = new FakeUser(this.#fileSystem, folderRoot);
    // Whoever set up the machine did so long ago.
    this.#fileSystem.flushAll();
    this.log = new FakeLog(world, { machine: name });
  }

  get peer(): Peer {
    if (this.#peer === undefined) throw new Error(`${this.name} is not running`);
    return this.#peer;
  }

  async start(): Promise<void> {
    const { world, fabric, folder } = this.#site;
    this.#lives += 1;
    const life = world.life(`${this.name}#${this.#lives}`);
    this.#life = life;
    const network = new FakeNetwork({
      fabric,
      stage: life,
      self: this.identity.peer,
      log: this.log,
      address: this.address,
    });
    const peer = await Peer.open({
      ports: {
        clock: new FakeClock(life),
        random: new FakeRandom(life.chance.fork("random")),
        network,
        disk: new FakeDisk(life, this.#fileSystem, { faults: this.faults }),
        store: new FakeStore(life, this.medium, { faults: this.faults }),
        watcher: new FakeWatcher(life, this.#fileSystem),
        compute: new FakeCompute(life),
        probe: new FakeProbe(life),
        log: this.log,
      },
      identity: this.identity,
      documents: [this.#license, this.#site.policy()],
      folders: new Map([[folder, folderRoot]]),
      seeds: parseSeeds(this.#site.seeds()).seeds,
      announce: [],
      isFirst: false,
    });
    await peer.start();
    this.#peer = peer;
  }

  /** The machine loses power: of what was not flushed, nothing is left. `start` gives it another life. */
  crash(): void {
    this.#life?.end();
    this.#peer = undefined;
    this.#site.fabric.crash(this.identity.peer);
    this.#fileSystem.crash();
    this.medium.crash();
  }

  async stop(): Promise<void> {
    await this.#peer?.stop();
    this.#life?.end();
    this.#peer = undefined;
  }

  /** Whether its folder is whole and quiet (FORMATS 30). */
  get isIdle(): boolean {
    return this.#peer?.control.status().folders.every(({ state }) => state === "idle") === true;
  }
}
