/**
 * What peers wait for in vain: files whose content is nowhere and owed to nobody (harness rule c), or
 * only where a license ended.
 *
 * Nobody can bring it back, so all that a peer can do is say so. Its folder is not idle then, each
 * machine shows at such a path what stood there before, and asks for the content again and again.
 * Exactly that is excused, and nothing beside it.
 */

import type { UnfoundReport } from "../../node/control/folder-reports.ts";
import type { SimulatedMachine } from "../world/machine.ts";
import type { Scene } from "./checker.ts";
import type { ContentName, ContentNames } from "./contents.ts";
import { baseOf } from "./ledger.ts";

export function waitedForInVain({ machines, formerMembers, ledger, names }: Scene): readonly UnfoundReport[] {
  const unfound = machines.flatMap(unfoundOn);
  if (unfound.length === 0) return unfound;
  const standing = contentsOn(machines, names);
  // Whose license ended gives nobody what it had alone.
  const outOfReach = contentsOn(formerMembers, names);
  return unfound.filter(({ content }) => {
    const name = names.nameOfRoot(content);
    if (name === undefined) return ledger.mayBeNowhere(name);
    return !standing.has(name) && (outOfReach.has(name) || ledger.mayBeNowhere(name));
  });
}

function contentsOn(machines: readonly SimulatedMachine[], names: ContentNames): ReadonlySet<ContentName> {
  return new Set(machines.flatMap(({ user }) => [...names.everywhere(user)]));
}

/** Idle, or nothing is missing but what is waited for in vain. */
export function isAtRest(machine: SimulatedMachine, inVain: readonly UnfoundReport[]): boolean {
  if (machine.isIdle) return true;
  if (!machine.isRunning) return false;
  const paths = new Set(inVain.map(({ path }) => path));
  return machine.peer.control.folders().every(
    ({ missingFiles, reasons, unfound }) =>
      reasons.every(({ code }) => excused.has(code)) &&
      unfound.every(({ path }) => paths.has(path)) &&
      // A path is missing once, with all its copies.
      new Set(unfound.map(({ path }) => baseOf(path))).size === missingFiles,
  );
}

/** What may stand beside idle, and the one that is looked into here. */
const excused: ReadonlySet<string> = new Set(["missing", "blocked", "held-back", "deletes-wait"]);

function unfoundOn(machine: SimulatedMachine): readonly UnfoundReport[] {
  return machine.isRunning ? machine.peer.control.folders().flatMap(({ unfound }) => unfound) : [];
}
