/**
 * The authority ends the license of one machine while the site works: as an operator does it, with
 * the cuts that running peers tell, by a file that one peer is started anew with (FORMATS 2, P9).
 * What none of them tells of is cut off whole.
 */

import { encodeEnvelopeFile } from "../../protocol/documents/file.ts";
import type { Cut } from "../../protocol/documents/revocations.ts";
import type { PeerId } from "../../protocol/ids.ts";
import type { WriterStanding } from "../../node/records/records.ts";
import type { Chance } from "./chance.ts";
import type { SimulatedMachine } from "./machine.ts";
import type { SimulatedSite } from "./site.ts";

export interface Revoking {
  readonly site: SimulatedSite;
  readonly chance: Chance;
  /** Of a machine that is no member any more. */
  readonly onRevoked: (machine: SimulatedMachine, what: string) => void;
}

const tryAgainMs = 500;
const downMs = 300;

/** Now, or as soon as there is a running peer to ask. */
export function revokeOne(revoking: Revoking): void {
  const { site, chance } = revoking;
  const leaving = chance.pick(site.machines);
  const others = site.machines.filter((machine) => machine !== leaving);
  const tryToRevoke = (): void => {
    const running = others.filter(({ isRunning }) => isRunning);
    if (running.length === 0) site.world.schedule(tryAgainMs, tryToRevoke);
    else revoke(revoking, leaving, running);
  };
  tryToRevoke();
}

function revoke({ site, chance, onRevoked }: Revoking, leaving: SimulatedMachine, asked: Asked): void {
  const { peer } = leaving.identity;
  // An authority that trusts a machine no more may cut what it wrote before, too.
  const back = chance.happens(0.5) ? 0 : 1 + chance.integer(5);
  const cuts = furthestKnown(peer, asked).map(
    ({ writer, collection, sequence }): Cut => ({ writer, collection, lastValid: Math.max(0, sequence - back) }),
  );
  const told = chance.pick(asked);
  told.documents.push(encodeEnvelopeFile(site.authority.revoke(peer, cuts)));
  told.kill();
  site.world.schedule(downMs, () => startUntilUp(site, told));
  const where = cuts.map(({ collection, lastValid }) => `${collection} ${lastValid}`).join(", ");
  onRevoked(leaving, `the license of ${leaving.name} ends, as ${told.name} hears first; cut at ${where}`);
}

type Asked = readonly SimulatedMachine[];

/** Of each writer of a peer in each collection the furthest that anybody knows. */
function furthestKnown(of: PeerId, asked: Asked): readonly WriterStanding[] {
  const known = asked.flatMap((machine) => machine.peer.control.writers.report(of).writers);
  const byPlace = Map.groupBy(known, ({ writer, collection }) => `${writer}/${collection}`);
  return [...byPlace.values()].map((same) =>
    same.reduce((one, other) => (other.sequence > one.sequence ? other : one)),
  );
}

function startUntilUp(site: SimulatedSite, machine: SimulatedMachine): void {
  if (machine.isUp) return;
  machine.start().catch(() => site.world.schedule(tryAgainMs, () => startUntilUp(site, machine)));
}
