/**
 * Seating: which numbers a license gets. A function of the licenses that are in force.
 *
 * A machine keeps its seat and its watcher's number, a region and group keep theirs as long as
 * anybody stands there, and what is free again is given out again, lowest first. So a site never
 * runs into its limits while it has room.
 */

import type { InstallLicense, Role, SiteLimits } from "../../protocol/documents/license.ts";
import type { PeerId } from "../../protocol/ids.ts";
import type { Place } from "../../protocol/membership/place.ts";
import type { Obstacle } from "./obstacle.ts";

export interface SeatWish {
  readonly peer: PeerId;
  readonly place: Place;
  readonly roles: readonly Role[];
  /** Takes this seat, also from another peer: the machine was replaced. */
  readonly seat: number | undefined;
}

export type Seating = Pick<InstallLicense, "seat" | "regionIndex" | "groupIndex" | "watcherIndex">;

/** @param inForce the newest license of each seat that is not revoked */
export function seatFor(wish: SeatWish, inForce: readonly InstallLicense[], limits: SiteLimits): Seating | Obstacle {
  const own = inForce.find((license) => license.peer === wish.peer);
  const taken = new Set(inForce.map((license) => license.seat));
  const seat = wish.seat ?? own?.seat ?? lowestFree(taken);
  const others = inForce.filter((license) => license.seat !== seat);
  const former = inForce.find((license) => license.seat === seat);
  const conflict = conflictOf(wish, seat, own, others);
  if (conflict !== undefined) return conflict;

  const groupOf = ({ region, group }: Place): string => `${region}/${group}`;
  const { place, roles } = wish;
  const numbers = {
    region: numberOf(place.region, others, (license) => [license.region, license.regionIndex], former),
    group: numberOf(groupOf(place), others, (license) => [groupOf(license), license.groupIndex], former),
    watcher: roles.includes("watch") ? watcherNumber(others, former) : undefined,
  };
  return (
    aboveLimit("servers", seat, limits.servers) ??
    aboveLimit("regions", numbers.region, limits.regions) ??
    aboveLimit("groups", numbers.group, limits.groups) ??
    aboveLimit("watchers", numbers.watcher ?? 0, limits.watchers) ?? {
      seat,
      regionIndex: numbers.region,
      groupIndex: numbers.group,
      ...(numbers.watcher === undefined ? {} : { watcherIndex: numbers.watcher }),
    }
  );
}

function conflictOf(
  { peer, place, seat: wished }: SeatWish,
  seat: number,
  own: InstallLicense | undefined,
  others: readonly InstallLicense[],
): Obstacle | undefined {
  if (own !== undefined && own.seat !== seat) {
    return {
      problem: `the peer ${peer} has seat ${own.seat} already`,
      remedy: `leave out --seat ${wished ?? seat}, or revoke seat ${own.seat} first: cdmesh site revoke --seat ${own.seat}`,
    };
  }
  const namesake = others.find(
    ({ region, group, server }) => region === place.region && group === place.group && server === place.server,
  );
  if (namesake === undefined) return undefined;
  return {
    problem: `the name ${place.region}/${place.group}/${place.server} belongs to seat ${namesake.seat}, peer ${namesake.peer}`,
    remedy: `choose another --server, or, if this machine replaces that one, add --seat ${namesake.seat}`,
  };
}

/** The number that a name has already, or the one that its seat had for it, or the lowest free one. */
function numberOf(
  name: string,
  others: readonly InstallLicense[],
  entryOf: (license: InstallLicense) => readonly [name: string, index: number],
  former: InstallLicense | undefined,
): number {
  const numbers = new Map(others.map(entryOf));
  const known = numbers.get(name);
  if (known !== undefined) return known;
  const [formerName, formerNumber] = former === undefined ? [] : entryOf(former);
  return formerName === name && formerNumber !== undefined ? formerNumber : lowestFree(new Set(numbers.values()));
}

function watcherNumber(others: readonly InstallLicense[], former: InstallLicense | undefined): number {
  const taken = new Set(others.map((license) => license.watcherIndex).filter((index) => index !== undefined));
  return former?.watcherIndex ?? lowestFree(taken);
}

function lowestFree(taken: ReadonlySet<number>): number {
  let number = 1;
  while (taken.has(number)) number += 1;
  return number;
}

function aboveLimit(what: keyof SiteLimits, number: number, limit: number): Obstacle | undefined {
  if (number <= limit) return undefined;
  return {
    problem: `the site license allows ${limit} ${what}, and all are in use`,
    remedy: `revoke a seat that is no longer needed (cdmesh site revoke), or have a larger site license issued`,
  };
}
