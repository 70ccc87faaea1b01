/**
 * A site of whole peers on 127.0.0.1, with real sockets and real folders, and those who would harm
 * it: networks that show whatever hello a test gives them and answer whatever it likes.
 */

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as passed } from "node:timers/promises";
import { ComputePool } from "../../node/adapters/compute/compute-pool.ts";
import { NodeDisk } from "../../node/adapters/disk/disk.ts";
import { Libp2pNetwork, type Libp2pNetworkOptions } from "../../node/adapters/libp2p/host.ts";
import { SystemClock } from "../../node/adapters/system-clock.ts";
import { SystemProbe } from "../../node/adapters/system-probe.ts";
import { SystemRandom } from "../../node/adapters/system-random.ts";
import { DirectoryWatcher } from "../../node/adapters/watcher/directory-watcher.ts";
import { type Identity, identityOfSeed } from "../../node/identity.ts";
import { Peer } from "../../node/peer.ts";
import type { Verdict } from "../../node/ports.ts";
import type { Replica } from "../../node/records/replica.ts";
import { Trust } from "../../node/trust/trust.ts";
import { encodeEnvelopeFile, encodeLicenseFile } from "../../protocol/documents/file.ts";
import { instantOfMs } from "../../protocol/documents/instant.ts";
import type { InstallLicense, Role } from "../../protocol/documents/license.ts";
import { folderCollection, type FolderId, parseFolderId, type PeerId } from "../../protocol/ids.ts";
import { type AddressedPeer, parsePeerAddress } from "../../protocol/membership/address.ts";
import { authorOf, type BatchPart } from "../../protocol/records/batch.ts";
import { decodePart } from "../../protocol/wire/records.ts";
import { FakeAuthority } from "../../simulations/world/authority.ts";
import { FakeLog } from "../../simulations/world/log.ts";
import { World } from "../../simulations/world/world.ts";
import { MemoryStore } from "./records/memory-store.ts";

const dayMs = 86_400_000;
/** A port that nobody listens on: whoever announces it is not called. */
const nowhere = "/ip4/127.0.0.1/tcp/9";
const presses = parseFolderId("press");
assert.ok(presses !== undefined);
export const press: FolderId = presses;
export const pressRecords = folderCollection(press);

export interface SitePeerOptions {
  /** In place of its license and the site's policy. */
  readonly documents?: readonly Uint8Array[];
  readonly knows?: readonly { readonly network: Libp2pNetwork }[];
  readonly roles?: readonly Role[];
  /** Others learn no address of it: connected to it is only who was told. */
  readonly isHidden?: boolean;
  readonly times?: NonNullable<Libp2pNetworkOptions["times"]>;
}

/** The documents of one site, and its peers. */
export class SocketSite {
  readonly authority: FakeAuthority;
  readonly compute = new ComputePool({ workers: 1 });
  readonly #siteLicense: Uint8Array;
  readonly #started: { stop(): Promise<void> }[] = [];
  #directory: string | undefined;

  constructor(name: string) {
    this.authority = new FakeAuthority(name);
    this.#siteLicense = this.authority.issueSiteLicense(currentDates());
  }

  get siteLicense(): Uint8Array {
    return this.#siteLicense;
  }

  /** Of the peer with this number: the same number gives the same seat. */
  license(number: number, roles: readonly Role[] = ["watch", "serve"], changes: Partial<InstallLicense> = {}) {
    const place = { region: "eu", group: "web", server: `s${number}` };
    return this.authority.admit(identityOf(number).peer, place, roles, { ...currentDates(), ...changes });
  }

  licenseFile(installLicense: Uint8Array): Uint8Array {
    return encodeLicenseFile({ siteLicense: this.#siteLicense, installLicense, revocations: undefined });
  }

  policy(): Uint8Array {
    return encodeEnvelopeFile(
      this.authority.policy({ version: 1, folders: [{ id: press, holders: [{ region: "*" }] }] }),
    );
  }

  /** Ends the seat of the peer with this number. @returns a file of all revocations so far */
  revoke(number: number): Uint8Array {
    return encodeEnvelopeFile(this.authority.revoke(identityOf(number).peer));
  }

  /** A whole peer with an empty folder. */
  async peer(number: number, options: SitePeerOptions = {}): Promise<SitePeer> {
    this.#directory ??= await mkdtemp(join(tmpdir(), "cdmesh-sockets-"));
    const root = await mkdtemp(join(this.#directory, `peer-${number}-`));
    const peer = new SitePeer(this, number, root, options);
    this.#started.push(peer);
    await peer.start(options.knows ?? []);
    return peer;
  }

  /** A network of a peer with a license, in the hands of the test. */
  async outsider(number: number, options: OutsiderOptions = {}): Promise<Outsider> {
    const outsider = new Outsider(number, options);
    this.#started.push(outsider);
    await outsider.start(options.hello ?? (await this.helloOf(number, options.license ?? this.license(number))));
    return outsider;
  }

  /** What an honest peer with this license shows. */
  async helloOf(number: number, installLicense: Uint8Array): Promise<Uint8Array> {
    const ports = { clock: new SystemClock(), store: new MemoryStore(), log: new FakeLog(new World(number)) };
    const documents = [this.licenseFile(installLicense)];
    const trust = await Trust.open({ ports, identity: identityOf(number), documents });
    trust.stop();
    return trust.hello();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#started.map((each) => each.stop()));
    await this.compute.close();
    if (this.#directory !== undefined) await rm(this.#directory, { recursive: true, force: true });
  }
}

export class SitePeer {
  readonly identity: Identity;
  readonly root: string;
  readonly log: FakeLog;
  readonly #site: SocketSite;
  readonly #number: number;
  readonly #options: SitePeerOptions;
  readonly #documents: readonly Uint8Array[];
  readonly #store = new MemoryStore();
  #running: { readonly peer: Peer; readonly network: Libp2pNetwork } | undefined;

  constructor(site: SocketSite, number: number, root: string, options: SitePeerOptions) {
    this.#site = site;
    this.#number = number;
    this.#options = options;
    this.#documents = options.documents ?? [site.licenseFile(site.license(number, options.roles)), site.policy()];
    this.identity = identityOf(number);
    this.root = root;
    this.log = new FakeLog(new World(number));
  }

  get id(): PeerId {
    return this.identity.peer;
  }

  get network(): Libp2pNetwork {
    return this.#life().network;
  }

  get peer(): Peer {
    return this.#life().peer;
  }

  get replica(): Replica {
    return this.peer.folders.get(press)?.replica ?? assert.fail("it has the folder");
  }

  async start(knows: readonly { readonly network: Libp2pNetwork }[]): Promise<void> {
    const { times } = this.#options;
    const [clock, random, log] = [new SystemClock(), new SystemRandom(), this.log];
    const network = new Libp2pNetwork({ ...listening(this.#number), clock, random, log, ...(times && { times }) });
    const peer = await Peer.open({
      ports: {
        clock,
        random,
        log,
        network,
        disk: new NodeDisk(),
        store: this.#store,
        watcher: new DirectoryWatcher(),
        compute: this.#site.compute,
        probe: new SystemProbe(),
      },
      identity: this.identity,
      documents: this.#documents,
      folders: new Map([[press, this.root]]),
      seeds: knows.flatMap((known) => known.network.addresses().map(seedAt)),
      announce: this.#options.isHidden === true ? [seedAt(nowhere).address] : [],
      isFirst: true,
    });
    this.#running = { peer, network };
    await peer.start();
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.peer.stop();
  }

  isConnectedTo(other: { readonly id: PeerId }): boolean {
    return this.network.connected().includes(other.id);
  }

  async directory(name: string): Promise<void> {
    await mkdir(join(this.root, name));
  }

  refusals(other: { readonly id: PeerId }): readonly LoggedRefusal[] {
    return refusalsIn(this.log, other.id);
  }

  /** All that its store holds: what strangers say must change none of it. */
  rows(): ReadonlyMap<string, string> {
    return this.#store.rows();
  }

  told(event: string) {
    return this.log.lines.filter((line) => line.event === event);
  }

  #life() {
    return this.#running ?? assert.fail(`peer ${this.#number} is not running`);
  }
}

export interface OutsiderOptions {
  readonly license?: Uint8Array;
  /** Shown in place of that of an honest peer. */
  readonly hello?: Uint8Array;
  readonly protocols?: readonly string[];
  readonly topics?: readonly string[];
}

/** A network that lets everybody in. What it answers and passes on is for the test to say. */
export class Outsider {
  readonly identity: Identity;
  readonly network: Libp2pNetwork;
  readonly heard: { readonly topic: string; readonly data: Uint8Array }[] = [];
  answer: (peer: PeerId, protocol: string, body: Uint8Array) => Promise<Uint8Array> = async () => new Uint8Array();
  /** What becomes of what it hears. */
  verdict: Verdict = "ignore";
  readonly #options: OutsiderOptions;
  readonly #log: FakeLog;

  constructor(number: number, options: OutsiderOptions) {
    this.#options = options;
    this.identity = identityOf(number);
    this.#log = new FakeLog(new World(number));
    const [clock, random, log] = [new SystemClock(), new SystemRandom(), this.#log];
    this.network = new Libp2pNetwork({ ...listening(number), clock, random, log });
  }

  get id(): PeerId {
    return this.identity.peer;
  }

  async start(hello: Uint8Array): Promise<void> {
    const { protocols = [], topics = [] } = this.#options;
    for (const topic of topics) this.network.subscribe(topic);
    await this.network.start({
      admission: { hello: () => hello, judge: () => undefined },
      protocols,
      onEvent: () => undefined,
      onMessage: (topic, _from, data) => {
        this.heard.push({ topic, data: Uint8Array.from(data) });
        return this.verdict;
      },
      onRequest: (peer, protocol, body) => this.answer(peer, protocol, body),
    });
  }

  stop(): Promise<void> {
    return this.network.stop();
  }

  /** Batches of a peer that it heard of. */
  partsOf(author: { readonly id: PeerId }): readonly BatchPart[] {
    const parts = this.heard.flatMap(({ data }) => decodePart(data) ?? []);
    return parts.filter(({ head }) => authorOf(head.header) === author.id);
  }

  calls(...peers: readonly { readonly id: PeerId; readonly network: Libp2pNetwork }[]): void {
    this.network.want(peers.map((peer) => ({ peer: peer.id, addresses: peer.network.addresses() })));
  }

  refusals(other: { readonly id: PeerId }): readonly LoggedRefusal[] {
    return refusalsIn(this.#log, other.id);
  }
}

type LoggedRefusal = readonly [by: string, code: string];

/** Why a peer refused another, or was refused by it, as its log has it. */
function refusalsIn(log: FakeLog, other: PeerId): readonly LoggedRefusal[] {
  const lines = log.lines.filter(({ event, facts }) => event === "peer-refused" && facts["peer"] === other);
  return lines.map(({ facts }) => [String(facts["by"]), String(facts["code"])]);
}

export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 40_000;
  while (!(await isSo())) {
    assert.ok(performance.now() < deadlineMs, `it takes too long until ${what}`);
    await passed(10);
  }
}

export function identityOf(number: number): Identity {
  return identityOfSeed(seedOf(number));
}

/** A year around now: peers here live by the real clock, for their files do. */
function currentDates() {
  const nowMs = Date.now();
  return { notBefore: instantOfMs(nowMs - dayMs), notAfter: instantOfMs(nowMs + 365 * dayMs) };
}

function seedOf(number: number): Uint8Array {
  return new Uint8Array(32).fill(number);
}

function listening(number: number) {
  return { seed: seedOf(number), listen: ["/ip4/127.0.0.1/tcp/0"] };
}

function seedAt(text: string): AddressedPeer {
  const address = parsePeerAddress(text);
  assert.ok(address !== undefined);
  return { peer: undefined, address };
}
