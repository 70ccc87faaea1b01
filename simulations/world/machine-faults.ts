/**
 * What goes wrong on one machine between its processes, its disk and its store. All of it may be
 * changed while it runs, and outlives the processes.
 *
 * Plans look at each call right before it takes effect and right after: they make it fail, let a
 * user act at that very moment, or cut the power. Several stand side by side; the first that says
 * how the call fails is heeded.
 */

import type { Cancel } from "../../node/ports.ts";
import type { FileSystemCode } from "./file-system.ts";

/** A call of a process, such as "link" of "news/page.html". */
export interface Call {
  readonly port: "disk" | "store";
  /** Such as "rename", "flush" or, of the store, "write". */
  readonly action: string;
  /** What is made, changed or read; of two names the new one. "" for the root, and for the store. */
  readonly path: string;
  /** Of two names the other one. */
  readonly other?: string;
}

/** Says the platform's code that the call shall fail with, if any. */
export type CallPlan = (call: Call) => FileSystemCode | undefined;

/** What a process sees at its folder's root: an unmounted one is empty, or not there. */
export type ShownRoot = "itself" | "empty" | "nothing";

/** Calls that change nothing. */
const looking: ReadonlySet<string> = new Set(
  "stat,list,open,read,read link,close,get,range,look at the space of".split(","),
);

export function isChange({ action }: Call): boolean {
  return !looking.has(action);
}

export class MachineFaults {
  /** Asked before all plans. */
  disk: ((action: string, path: string) => FileSystemCode | undefined) | undefined;
  store: ((action: "get" | "range" | "write") => Error | undefined) | undefined;
  /** How many times longer than usual a call of the disk takes. */
  diskSlowness = 1;
  shownRoot: ShownRoot = "itself";
  /** May change what was read of a file, and so lie to the process. */
  spoilRead: ((path: string, bytes: Uint8Array, offset: number) => void) | undefined;
  /** Which bits of which files were. */
  readonly misread = new Set<string>();
  readonly #before = new Set<CallPlan>();
  readonly #after = new Set<CallPlan>();

  /** What it says keeps the call from having any effect. */
  planBefore(plan: CallPlan): Cancel {
    this.#before.add(plan);
    return () => this.#before.delete(plan);
  }

  /** What it says fails the call although it had its effect. */
  planAfter(plan: CallPlan): Cancel {
    this.#after.add(plan);
    return () => this.#after.delete(plan);
  }

  /** Acts once, right before the `nth` such call from now on; the first is 1. */
  beforeCall(isSuch: (call: Call) => boolean, act: (call: Call) => void, nth = 1): Cancel {
    const cancel = this.planBefore((call) => nthOf(call, () => cancel()));
    const nthOf = countdown(isSuch, act, nth);
    return cancel;
  }

  /** Acts once, right after it. */
  afterCall(isSuch: (call: Call) => boolean, act: (call: Call) => void, nth = 1): Cancel {
    const cancel = this.planAfter((call) => nthOf(call, () => cancel()));
    const nthOf = countdown(isSuch, act, nth);
    return cancel;
  }

  before(call: Call): FileSystemCode | undefined {
    return firstOf(this.#before, call);
  }

  after(call: Call): FileSystemCode | undefined {
    return firstOf(this.#after, call);
  }
}

function countdown(
  isSuch: (call: Call) => boolean,
  act: (call: Call) => void,
  nth: number,
): (call: Call, end: () => void) => undefined {
  let left = nth;
  return (call, end) => {
    if (!isSuch(call)) return;
    left -= 1;
    if (left > 0) return;
    // What it does may be calls again.
    end();
    act(call);
  };
}

function firstOf(plans: ReadonlySet<CallPlan>, call: Call): FileSystemCode | undefined {
  for (const plan of [...plans]) {
    const code = plan(call);
    if (code !== undefined) return code;
  }
  return undefined;
}
