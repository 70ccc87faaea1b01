/** Users at the worst moment: they wait for a call of the peer on their machine, and act right before it. */

import type { Chance } from "./world/chance.ts";
import type { SimulatedMachine } from "./world/machine.ts";
import { type Call, isChange } from "./world/machine-faults.ts";

/** A user who waits. */
export interface Lurker {
  readonly machine: SimulatedMachine;
  readonly chance: Chance;
  /** @param at a path that the act shall be about, if it is about one @param again whether it is his second act */
  readonly act: (at: string | undefined, when: string, again?: "again") => void;
  readonly cutPowerSoon: () => void;
}

/** Right before any call of the disk, mostly on the very path of the call. */
export function ambush({ machine, chance, act }: Lurker): void {
  const action = chance.pick(["exchange", "link", "rename", "remove", "stat", "read", "open", "list"]);
  const nth = 1 + chance.integer(4);
  const isThere = chance.happens(0.7);
  machine.faults.beforeCall(
    (call) => call.port === "disk" && call.action === action,
    ({ path }) => {
      const isContent = path !== "" && !path.startsWith(".cdmesh") && action !== "list";
      act(isContent && isThere ? path : undefined, ` right before ${action} of ${path}`);
    },
    nth,
  );
}

/**
 * Right before a call about one of his names, on that very path, which is the worst moment there is;
 * and what comes next comes at a bad moment as well: once more right before the next change there,
 * or the power goes.
 */
export function ambushClosely({ machine, chance, act, cutPowerSoon }: Lurker): void {
  const action = chance.pick(["exchange", "link", "rename", "stat", "make directory", "remove directory"]);
  const nth = 1 + chance.integer(3);
  const isSuch = (call: Call): boolean => call.action === action && userNamesOf(call).length > 0;
  const spring = (call: Call): void => {
    const names = userNamesOf(call);
    // Of a move the old name is as bad a place as the new one.
    const at = names.length > 1 ? chance.fork("name").pick(names) : names[0];
    act(at, ` right before ${call.action} of ${at}`);
    if (chance.happens(0.3)) cutPowerSoon();
    else if (chance.happens(0.6)) {
      const isNext = (next: Call): boolean => isChange(next) && at !== undefined && userNamesOf(next).includes(at);
      machine.faults.beforeCall(isNext, (next) => act(at, ` right before ${next.action} of ${at}`, "again"));
    }
  };
  machine.faults.beforeCall(isSuch, spring, nth);
}

/** The names in a folder that a call is about; none when users know none of them. */
function userNamesOf({ port, path, other }: Call): readonly string[] {
  const names = port === "disk" ? [path, other ?? ""] : [];
  return names.filter((name) => name !== "" && !name.startsWith(".cdmesh"));
}
