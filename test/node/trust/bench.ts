/** A site in a simulated world: its authority, peers with trust and document sync, and what they store. */

import assert from "node:assert/strict";
import { type Identity, identityOfSeed } from "../../../node/identity.ts";
import type { Change, RangeOptions, Store, WantedPeer } from "../../../node/ports.ts";
import { Switchboard } from "../../../node/switchboard.ts";
import { DocumentSync } from "../../../node/trust/document-sync.ts";
import { Trust } from "../../../node/trust/trust.ts";
import type { Role } from "../../../protocol/documents/license.ts";
import { type PeerId, type SiteId, toHex } from "../../../protocol/ids.ts";
import type { Place } from "../../../protocol/membership/place.ts";
import { sha256 } from "../../../protocol/sha256.ts";
import { FakeAuthority } from "../../../simulations/world/authority.ts";
import { FakeClock } from "../../../simulations/world/clock.ts";
import { FakeLog, type LogLine } from "../../../simulations/world/log.ts";
import { FakeNetwork } from "../../../simulations/world/network.ts";
import { NetworkFabric } from "../../../simulations/world/network-fabric.ts";
import { type Life, World } from "../../../simulations/world/world.ts";

export const web1 = { region: "seoul", group: "web", server: "web-1" };
export const web2 = { region: "seoul", group: "web", server: "web-2" };
export const far = { region: "busan", group: "web", server: "web-9" };
export const everywhere = [{ id: "press", holders: [{ region: "*" }] }];

/** Rows in order of their keys. What is written without `durable` is lost with `crash`. */
export class MemoryStore implements Store {
  #durable = new Map<string, Uint8Array>();
  #rows = new Map<string, Uint8Array>();
  /** Set, the next writes fail. */
  isBroken = false;

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#rows.get(toHex(key));
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    return keys.map((key) => this.#rows.get(toHex(key)));
  }

  async range({ from, to, limit }: RangeOptions): Promise<readonly (readonly [Uint8Array, Uint8Array])[]> {
    const keys = [...this.#rows.keys()].filter((key) => key >= toHex(from) && key < toHex(to)).toSorted();
    return keys.slice(0, limit).map((key) => [Buffer.from(key, "hex"), this.#rows.get(key) ?? assert.fail()] as const);
  }

  async write(changes: readonly Change[], { durable }: { readonly durable: boolean }): Promise<void> {
    if (this.isBroken) throw new Error("EIO");
    for (const change of changes) {
      if (change.kind === "put") this.#rows.set(toHex(change.key), Uint8Array.from(change.value));
      else this.#rows.delete(toHex(change.key));
    }
    if (durable) this.#durable = new Map(this.#rows);
  }

  crash(): void {
    this.#rows = new Map(this.#durable);
  }

  /** One bit of every value of a kind of row is flipped. */
  damage(kind: string): void {
    for (const [key, value] of this.#rows) {
      if (!Buffer.from(key, "hex").toString("latin1").startsWith(kind)) continue;
      const damaged = Uint8Array.from(value);
      damaged[value.length >> 1] = (damaged[value.length >> 1] ?? 0) ^ 1;
      this.#rows.set(key, damaged);
    }
  }

  get size(): number {
    return this.#rows.size;
  }

  async close(): Promise<void> {}
}

export class Bench {
  readonly world: World;
  readonly fabric: NetworkFabric;
  readonly authority: FakeAuthority;

  constructor(seed = 1, label = "s") {
    this.world = new World(seed);
    this.fabric = new NetworkFabric(this.world);
    this.authority = new FakeAuthority(label);
  }

  /** A machine that is not started yet. */
  machine(name: string, authority = this.authority): Machine {
    return new Machine(this, name, authority);
  }

  /** A machine whose peer runs with a license for this place. */
  async peer(name: string, place: Place = web1, roles: readonly Role[] = ["watch", "serve"]): Promise<Machine> {
    const machine = this.machine(name);
    await machine.start([machine.authority.licenseFile(machine.peer, place, roles)]);
    return machine;
  }

  async until(what: string, isSo: () => boolean, withinMs = 60_000): Promise<void> {
    await this.world.run(this.world.nowMs + withinMs, isSo);
    if (!isSo()) throw new Error(`it takes more than ${withinMs} ms until ${what}`);
  }

  async pass(ms: number): Promise<void> {
    await this.world.run(this.world.nowMs + ms);
  }
}

/** What of a machine lives while its process does. */
interface Running {
  readonly life: Life;
  readonly clock: FakeClock;
  readonly log: FakeLog;
  readonly network: FakeNetwork;
  readonly trust: Trust;
  readonly sync: DocumentSync;
}

export class Machine {
  readonly bench: Bench;
  readonly name: string;
  readonly authority: FakeAuthority;
  readonly identity: Identity;
  readonly store = new MemoryStore();
  readonly address: string;
  /** How far its calendar is ahead, from the next start. */
  skewMs = 0;
  #running: Running | undefined;

  constructor(bench: Bench, name: string, authority: FakeAuthority) {
    this.bench = bench;
    this.name = name;
    this.authority = authority;
    this.identity = identityOfSeed(sha256(Buffer.from(name)));
    this.address = bench.fabric.newAddress();
  }

  get peer(): PeerId {
    return this.identity.peer;
  }

  get site(): SiteId {
    return this.authority.site;
  }

  async start(documents: readonly Uint8Array[] = []): Promise<void> {
    const { world, fabric } = this.bench;
    const life = world.life(this.name);
    const clock = new FakeClock(life, { skewMs: this.skewMs });
    const log = new FakeLog(life);
    const network = new FakeNetwork({ fabric, stage: life, self: this.peer, log, address: this.address });
    const ports = { clock, log, store: this.store };
    const switchboard = new Switchboard(network);
    const start = async (): Promise<void> => {
      const trust = await Trust.open({ ports, identity: this.identity, documents });
      const sync = new DocumentSync({ ports, switchboard, trust });
      await switchboard.start(trust);
      sync.start();
      this.#running = { life, clock, log, network, trust, sync };
    };
    await world.settle(start());
  }

  crash(): void {
    this.#now().life.end();
    this.bench.fabric.crash(this.peer);
    this.store.crash();
    this.#running = undefined;
  }

  async stop(): Promise<void> {
    const { sync, trust, network, life } = this.#now();
    sync.stop();
    trust.stop();
    await this.bench.world.settle(network.stop());
    life.end();
    this.#running = undefined;
  }

  get trust(): Trust {
    return this.#now().trust;
  }

  get sync(): DocumentSync {
    return this.#now().sync;
  }

  get network(): FakeNetwork {
    return this.#now().network;
  }

  get clock(): FakeClock {
    return this.#now().clock;
  }

  logged(event: string): readonly LogLine[] {
    return this.#now().log.lines.filter((line) => line.event === event);
  }

  offer(envelope: Uint8Array): Promise<unknown> {
    return this.bench.world.settle(this.trust.offer(envelope));
  }

  want(...others: readonly Machine[]): void {
    const wanted: readonly WantedPeer[] = others.map(({ peer, address }) => ({ peer, addresses: [address] }));
    this.network.want(wanted);
  }

  isUpWith(other: Machine): boolean {
    return this.network.connected().includes(other.peer) && other.network.connected().includes(this.peer);
  }

  #now(): Running {
    return this.#running ?? assert.fail(`${this.name} does not run`);
  }
}
