/**
 * What other peers say of floors above what this peer knows (C4).
 *
 * A delta from such a peer may leave out deletes that this one needs. It is taken once this peer
 * has set out to catch up, which puts all its versions from below that floor in doubt. A peer that
 * holds nothing yet, or is catching up anyway, does so at once. Any other believes it when enough
 * peers say so: one liar must not make everybody doubt what they hold.
 */

import type { CollectionId, PeerId } from "../../protocol/ids.ts";
import { lastOf } from "../../protocol/records/batch.ts";
import { above, confirmedFloor, doubtedBelow } from "../../protocol/records/floor.ts";
import { covers, joinVectors, meetVectors, type Vector } from "../../protocol/records/version.ts";
import type { DeltaAnswer } from "../../protocol/wire/records-exchange.ts";
import type { Log } from "../ports.ts";
import type { ProvenDelta } from "./intake.ts";
import type { Replica } from "./replica.ts";

export interface FloorClaimsOptions {
  readonly log: Log;
  /** How many have to say something of what lies below a floor before it is believed. */
  readonly quorum: (collection: CollectionId) => Promise<number>;
}

type Told = Pick<DeltaAnswer, "floor" | "goal">;

export class FloorClaims {
  readonly #options: FloorClaimsOptions;
  readonly #claims = new Map<CollectionId, Map<PeerId, Told>>();

  constructor(options: FloorClaimsOptions) {
    this.#options = options;
  }

  /**
   * Hears what a peer says of floors with its delta. It counts as far as the delta itself reaches: nobody could ever
   * catch up with a floor above all that was signed, and would be in doubt for good.
   *
   * @returns whether that delta may be taken
   */
  async hear(peer: PeerId, replica: Replica, said: Told, delta: ProvenDelta): Promise<boolean> {
    const { collection } = replica;
    const reach = reachOf(replica, delta);
    const told = { floor: meetVectors(said.floor, reach), goal: meetVectors(said.goal, reach) };
    const claims = this.#claims.get(collection) ?? new Map<PeerId, Told>();
    claims.delete(peer);
    if (isProvidedFor(replica, told)) return true;
    this.#claims.set(collection, claims.set(peer, told));
    const mayBelieve = replica.upkeep.isCatchingUp || knowsNothing(replica);
    const quorum = mayBelieve ? 1 : await this.#options.quorum(collection);
    const believed = mayBelieve ? [told] : [...claims.values()];
    const goal = confirmedFloor(believed.map(joined), quorum);
    const claimants = [...claims].filter(([, { floor }]) => lacks(replica, floor)).map(([claimant]) => claimant);
    if (lacks(replica, goal)) {
      await replica.upkeep.catchUp(goal, claimants);
      this.#options.log.write("warn", "catching-up", { collection, claimants });
    }
    const isProvided = isProvidedFor(replica, told);
    if (!isProvided) this.#options.log.write("warn", "floor-unconfirmed", { collection, peer });
    return isProvided;
  }
}

/** How far this peer knows each writer once it has taken the delta. */
function reachOf(replica: Replica, { sections }: ProvenDelta): Vector {
  const known = new Map([...replica.context()].map(([writer, { sequence }]) => [writer, sequence] as const));
  const told = sections.flatMap(({ writer, steps }) => {
    const last = steps.at(-1);
    return last === undefined ? [] : [[writer, lastOf(last.head.header)] as const];
  });
  return joinVectors(known, new Map(told));
}

function joined({ floor, goal }: Told): Vector {
  return joinVectors(floor, goal);
}

function isProvidedFor(replica: Replica, told: Told): boolean {
  return !lacks(replica, joined(told));
}

/** Whether a floor lies above what this peer knows and above what it is catching up with. */
function lacks(replica: Replica, floor: Vector): boolean {
  const doubted = doubtedBelow(replica.upkeep.standing);
  return [...above(floor, replica.context())].some(([writer, sequence]) => !covers(doubted, { writer, sequence }));
}

function knowsNothing(replica: Replica): boolean {
  return [...replica.context().values()].every(({ sequence }) => sequence === 0);
}
