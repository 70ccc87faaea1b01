/**
 * Replicas that forget: a few of them with days that pass, members that are away, and deltas, audits
 * and acknowledgements by hand. The days and what each member acknowledged are the test's own; the
 * rules are those of the peers.
 */

import assert from "node:assert/strict";
import { Doubts } from "../../../node/records/doubts.ts";
import { FloorClaims } from "../../../node/records/floor-claims.ts";
import { nameOf } from "../../../node/records/repair.ts";
import type { PeerId } from "../../../protocol/ids.ts";
import { above, quorumOf } from "../../../protocol/records/floor.ts";
import { merge } from "../../../protocol/records/merge.ts";
import { causesOf, type Version } from "../../../protocol/records/record.ts";
import {
  type Acknowledgement,
  isRetained,
  type Sharer,
  soberNowMs,
  stableOf,
} from "../../../protocol/records/stable.ts";
import { decodeAcknowledgement, encodeAcknowledgement } from "../../../protocol/wire/acknowledgement.ts";
import { worldEpochMs } from "../../../simulations/world/clock.ts";
import { answerTo, believing, draft, makeReplica, repair, type TestReplica } from "./replicas.ts";
import { TestDocuments } from "./stub-trust.ts";

const dayMs = 86_400_000;
const tombstoneMs = 3 * dayMs;

export interface Forgetful extends TestReplica {
  readonly peer: PeerId;
  readonly claims: FloorClaims;
  readonly doubts: Doubts;
  /** What this peer has heard of the acknowledgements of all, its own among them. */
  acknowledged: Map<PeerId, Acknowledgement>;
  readonly agreed: Set<PeerId>;
}

export class FloorMesh {
  readonly peers: readonly Forgetful[];
  /** Every version that was ever written, by its key. */
  readonly written = new Map<string, Version[]>();
  day = 2;

  private constructor(peers: readonly Forgetful[]) {
    this.peers = peers;
  }

  static async of(count: number, documents = new TestDocuments()): Promise<FloorMesh> {
    const peers: Forgetful[] = [];
    const mesh = new FloorMesh(peers);
    for (let number = 1; number <= count; number += 1) {
      const replica = await makeReplica(number, { documents });
      const quorum = async (): Promise<number> => mesh.quorum(peer);
      const peer: Forgetful = {
        ...replica,
        peer: replica.identity.peer,
        claims: new FloorClaims({ log: replica.log, quorum }),
        doubts: new Doubts(),
        acknowledged: new Map(),
        agreed: new Set(),
      };
      peers.push(peer);
    }
    return mesh;
  }

  get nowMs(): number {
    return worldEpochMs + this.day * dayMs;
  }

  peer(index: number): Forgetful {
    return this.peers[index % this.peers.length] ?? assert.fail();
  }

  /** Writes over what the peer shows of a key. */
  async write(by: Forgetful, key: string, tombstone = false): Promise<Version> {
    const causes = causesOf(await by.replica.state(key));
    const payload = Buffer.from(`${this.written.size} ${this.written.get(key)?.length ?? 0}`);
    const [version] = await by.replica.issue([draft(key, { causes, tombstone, payload })]);
    assert.ok(version !== undefined);
    this.written.set(key, [...(this.written.get(key) ?? []), version]);
    return version;
  }

  /** `to` asks `from` for what it has more, and audits it where they know the same and hold something else. */
  async tell(from: Forgetful, to: Forgetful): Promise<void> {
    for (const [peer, acknowledgement] of from.acknowledged) {
      const known = to.acknowledged.get(peer);
      if (known === undefined || known.sealedAtMs < acknowledgement.sealedAtMs)
        to.acknowledged.set(peer, acknowledgement);
    }
    for (;;) {
      const answer = await answerTo(from, to.replica.context());
      const delta = to.replica.prove(answer);
      assert.ok("sections" in delta);
      if (!(await to.claims.hear(from.peer, to.replica, answer, delta))) return;
      assert.equal((await to.replica.takeProven(delta)).kind, "taken");
      if (!answer.more) break;
    }
    if (from.replica.digest() !== to.replica.digest()) return;
    const isUnsure = from.replica.upkeep.isCatchingUp;
    if (from.replica.fingerprint().sum !== to.replica.fingerprint().sum) {
      to.agreed.clear();
      if (isUnsure && !to.replica.upkeep.isCatchingUp) return;
      const quorum = this.quorum(to);
      const say = (what: string, version: Version): boolean =>
        to.doubts.say(`${what} ${nameOf(version)}`, from.peer, quorum);
      const speakFor = (version: Version): boolean => say("lives", version);
      const speakAgainst = (version: Version): boolean => say("gone", version);
      await repair(from, to, { ...believing, isUnsure, speakFor, speakAgainst });
    } else await this.#agree(from, to, isUnsure);
  }

  /** Lifts the floor to what all have acknowledged and lets tombstones go. */
  async turn(by: Forgetful): Promise<void> {
    const others = this.#others(by);
    const nowMs = soberNowMs(this.nowMs, others);
    const retained = others.filter((sharer) => isRetained(sharer, nowMs, tombstoneMs));
    await by.replica.upkeep.raiseFloor(stableOf(by.replica.context(), retained));
    if (by.replica.upkeep.isCatchingUp) return;
    for (let after: Uint8Array | undefined; ; ) {
      after = await by.replica.upkeep.collect(after, nowMs);
      if (after === undefined) return;
    }
  }

  /** All talk with all, and turn, until nobody is catching up and all show the same. */
  async settle(rounds = 12): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      for (const to of this.peers) for (const from of this.peers) if (to !== from) await this.tell(from, to);
      for (const peer of this.peers) await this.turn(peer);
      if (this.isSettled()) return;
    }
    const standings = this.peers.map(({ replica }) => ({ ...replica.upkeep.standing, ...replica.fingerprint() }));
    assert.fail(`nothing settles: ${JSON.stringify(standings, (_, each) => (each instanceof Map ? [...each] : each))}`);
  }

  isSettled(): boolean {
    const states = this.peers.map(({ replica }) => `${replica.digest()} ${replica.fingerprint().sum}`);
    return new Set(states).size === 1 && this.peers.every(({ replica }) => !replica.upkeep.isCatchingUp);
  }

  /** The live versions of each key: what merging all that was ever written gives, with nothing forgotten. */
  expected(): ReadonlyMap<string, readonly string[]> {
    const live = [...this.written].map(([key, versions]): [string, readonly string[]] => {
      let siblings: readonly Version[] = [];
      for (const version of versions) siblings = merge(siblings, version).siblings;
      return [key, liveNames(siblings)];
    });
    return new Map(live);
  }

  async shown({ replica }: Forgetful): Promise<ReadonlyMap<string, readonly string[]>> {
    const keys = [...this.written.keys()];
    const states = await replica.stateMany(keys);
    return new Map(keys.map((key, at) => [key, liveNames(states[at] ?? [])]));
  }

  async assertNothingLostOrRevived(): Promise<void> {
    for (const peer of this.peers) assert.deepEqual(await this.shown(peer), this.expected());
  }

  quorum(of: Forgetful): number {
    const heard = this.#others(of).filter(({ acknowledged }) => acknowledged !== undefined);
    return quorumOf(heard.filter((sharer) => isRetained(sharer, this.nowMs, tombstoneMs)).length);
  }

  #others(of: Forgetful): readonly Sharer[] {
    return this.peers
      .filter((peer) => peer !== of)
      .map(({ peer }) => ({ peer, licensedAtMs: worldEpochMs, acknowledged: of.acknowledged.get(peer) }));
  }

  async #agree(from: Forgetful, to: Forgetful, isUnsure: boolean): Promise<void> {
    const { upkeep } = to.replica;
    const { goal, claimants } = upkeep.standing;
    if (goal === undefined) {
      if (isUnsure) return;
      const sequences = decodeAcknowledgement(encodeAcknowledgement(to.replica.context()));
      assert.ok(sequences !== undefined);
      to.acknowledged.set(to.peer, { sealedAtMs: this.nowMs, sequences });
      return;
    }
    if (isUnsure && !claimants.includes(from.peer)) return;
    to.agreed.add(from.peer);
    if (above(goal, to.replica.context()).size > 0 || to.agreed.size < this.quorum(to)) return;
    await upkeep.caughtUp();
    to.agreed.clear();
  }
}

function liveNames(versions: readonly Version[]): readonly string[] {
  return versions
    .filter(({ record }) => !record.tombstone)
    .map(nameOf)
    .toSorted();
}
