/** Peers that replicate records over a simulated network, with documents as the test decides them. */

import assert from "node:assert/strict";
import { type Identity, identityOfSeed } from "../../../node/identity.ts";
import type { Network, RequestOptions } from "../../../node/ports.ts";
import { Records } from "../../../node/records/records.ts";
import type { Replica } from "../../../node/records/replica.ts";
import { Switchboard } from "../../../node/switchboard.ts";
import type { CollectionId, PeerId } from "../../../protocol/ids.ts";
import type { Place } from "../../../protocol/membership/place.ts";
import { decodeRecordsRequest } from "../../../protocol/wire/records-exchange.ts";
import { FakeClock } from "../../../simulations/world/clock.ts";
import { FakeLog } from "../../../simulations/world/log.ts";
import { FakeNetwork } from "../../../simulations/world/network.ts";
import { NetworkFabric } from "../../../simulations/world/network-fabric.ts";
import { FakeRandom } from "../../../simulations/world/random.ts";
import { FakeStore, FakeStoreMedium } from "../../../simulations/world/store.ts";
import { type Life, World } from "../../../simulations/world/world.ts";
import { press } from "./replicas.ts";
import { StubTrust, TestDocuments } from "./stub-trust.ts";

export class RecordsMesh {
  readonly world: World;
  readonly fabric: NetworkFabric;
  readonly documents = new TestDocuments();
  readonly peers: readonly RecordsPeer[];

  constructor(seed: number, places: readonly Partial<Place>[]) {
    this.world = new World(seed);
    this.fabric = new NetworkFabric(this.world);
    this.peers = places.map((place, index) => new RecordsPeer(this, index + 1, place));
    for (const { identity, place } of this.peers) this.documents.members.set(identity.peer, place);
  }

  /** Starts all peers and waits until each is connected to each. */
  static async start(seed: number, places: readonly Partial<Place>[]): Promise<RecordsMesh> {
    const mesh = new RecordsMesh(seed, places);
    await mesh.settle(Promise.all(mesh.peers.map((peer) => peer.start())));
    await mesh.until("all are connected", () =>
      mesh.peers.every(({ network }) => network.connected().length === mesh.peers.length - 1),
    );
    return mesh;
  }

  peer(index: number): RecordsPeer {
    return this.peers[index] ?? assert.fail(`no peer ${index}`);
  }

  settle<T>(work: Promise<T>): Promise<T> {
    return this.world.settle(work);
  }

  async pass(ms: number): Promise<void> {
    await this.world.run(this.world.nowMs + ms);
  }

  async until(what: string, isSo: () => boolean, withinMs = 60_000): Promise<void> {
    await this.world.run(this.world.nowMs + withinMs, isSo);
    assert.ok(isSo(), `it takes too long until ${what}`);
  }

  /** Waits until the running peers know and hold the same. */
  async converge(withinMs = 60_000): Promise<void> {
    await this.until("all hold the same", () => this.isConverged(), withinMs);
  }

  isConverged(): boolean {
    const running = this.peers.filter(({ isRunning }) => isRunning);
    return new Set(running.map(({ replica }) => `${replica.digest()} ${replica.fingerprint().sum}`)).size === 1;
  }
}

/** Everything that one peer asked others about records. */
export type AskedKind = "digests" | "delta" | "writer" | "buckets" | "siblings";

export class RecordsPeer {
  readonly identity: Identity;
  readonly place: Place;
  readonly trust: StubTrust;
  readonly log: FakeLog;
  medium = new FakeStoreMedium();
  readonly asked: AskedKind[] = [];
  /** Changes what this peer answers: a hostile relay. */
  tamper: (answer: Uint8Array) => Uint8Array = (answer) => answer;
  readonly #mesh: RecordsMesh;
  readonly #address: string;
  #lives = 0;
  #running:
    | { readonly life: Life; readonly network: Network; readonly records: Records; readonly replica: Replica }
    | undefined;

  constructor(mesh: RecordsMesh, number: number, place: Partial<Place>) {
    this.#mesh = mesh;
    this.identity = identityOfSeed(new Uint8Array(32).fill(number));
    this.place = { region: "eu", group: "web", server: `s${number}`, ...place };
    this.trust = new StubTrust(this.identity.peer, mesh.documents);
    this.log = new FakeLog(mesh.world, { number });
    this.#address = mesh.fabric.newAddress();
  }

  get id(): PeerId {
    return this.identity.peer;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  get network(): Network {
    return this.#life().network;
  }

  get records(): Records {
    return this.#life().records;
  }

  get replica(): Replica {
    return this.#life().replica;
  }

  async start(collection: CollectionId = press): Promise<void> {
    const { world, fabric, peers } = this.#mesh;
    this.#lives += 1;
    const life = world.life(`peer ${this.identity.peer} ${this.#lives}`);
    const fake = new FakeNetwork({ fabric, stage: life, self: this.id, log: this.log, address: this.#address });
    const network = watched(fake, this.asked);
    const switchboard = new Switchboard(tampering(network, (answer) => this.tamper(answer)));
    const ports = {
      clock: new FakeClock(life),
      random: new FakeRandom(life.chance.fork("random")),
      network,
      store: new FakeStore(life, this.medium),
      log: this.log,
    };
    const records = await Records.open({ ports, identity: this.identity, switchboard, trust: this.trust });
    const replica = await records.openReplica(collection);
    network.want(
      peers.filter((other) => other !== this).map((other) => ({ peer: other.id, addresses: [other.#address] })),
    );
    await switchboard.start({ hello: () => new Uint8Array([1]), judge: () => undefined });
    await records.start();
    this.#running = { life, network, records, replica };
  }

  async stop(): Promise<void> {
    const { life, network, records } = this.#life();
    await records.stop();
    await network.stop();
    life.end();
    this.#running = undefined;
  }

  /** The process dies; what was not flushed is lost with the power. */
  crash(): void {
    this.#mesh.fabric.crash(this.id);
    this.#life().life.end();
    this.#running = undefined;
    this.medium.crash();
  }

  /** The store as it is now, to be put in place of a later one. */
  snapshot(): FakeStoreMedium {
    const copy = new FakeStoreMedium();
    const all = this.medium.rows.range(new Uint8Array(), new Uint8Array(64).fill(0xff), Number.MAX_SAFE_INTEGER);
    copy.apply(all.map(([key, value]) => ({ kind: "put", key, value })));
    copy.flush();
    return copy;
  }

  events(event: string): number {
    return this.log.lines.filter((line) => line.event === event).length;
  }

  #life() {
    return this.#running ?? assert.fail("this peer is not running");
  }
}

/** The same network, with a note of what is asked about records. */
function watched(network: Network, asked: AskedKind[]): Network {
  return over(network, {
    request: (peer: PeerId, protocol: string, body: Uint8Array, options: RequestOptions) => {
      const request = decodeRecordsRequest(body);
      if (request !== undefined) asked.push(request.kind);
      return network.request(peer, protocol, body, options);
    },
  });
}

function tampering(network: Network, tamper: (answer: Uint8Array) => Uint8Array): Network {
  return over(network, {
    start: (handlers) =>
      network.start({
        ...handlers,
        onRequest: async (peer, protocol, body) => tamper(await handlers.onRequest(peer, protocol, body)),
      }),
  });
}

function over(network: Network, changed: Partial<Network>): Network {
  return {
    self: network.self,
    start: (handlers) => network.start(handlers),
    stop: () => network.stop(),
    addresses: () => network.addresses(),
    want: (peers) => network.want(peers),
    connected: () => network.connected(),
    disconnect: (peer, refusal) => network.disconnect(peer, refusal),
    subscribe: (topic) => network.subscribe(topic),
    unsubscribe: (topic) => network.unsubscribe(topic),
    publish: (topic, data) => network.publish(topic, data),
    request: (peer, protocol, body, options) => network.request(peer, protocol, body, options),
    ...changed,
  };
}
