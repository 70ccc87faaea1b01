/**
 * Exhaustive small worlds: every sequence of up to three file operations on one of two peers, and
 * for each a power cut before every single call that changes a disk or a store, on the author and
 * on the follower, until the sequence passes through.
 *
 * On a follower each path then holds what stood there before or after some operation, whole; of
 * the author's own un-flushed writes a power cut may leave anything. After a restart both copies
 * are equal, and what was not lost with the power is everywhere.
 */

import type { Checker } from "./checkers/checker.ts";
import { type ContentName, ContentNames } from "./checkers/contents.ts";
import { baseOf, WriteLedger } from "./checkers/ledger.ts";
import {
  equalTrees,
  isSettled,
  nothingLost,
  noInventedDelete,
  noResurrection,
  wholeFiles,
} from "./checkers/promises.ts";
import type { Outcome } from "./run.ts";
import type { SimulatedMachine } from "./world/machine.ts";
import { isChange } from "./world/machine-faults.ts";
import { SimulatedSite } from "./world/site.ts";
import type { FakeUser } from "./world/user.ts";
import { World } from "./world/world.ts";

type Operation = readonly [what: string, act: (user: FakeUser, text: string) => void];

const operations: readonly Operation[] = [
  ["write a", (user, text) => user.write("a", text)],
  ["save a", (user, text) => user.replace("a", text)],
  ["remove a", (user) => user.remove("a")],
  ["rename a to b", (user) => user.rename("a", "b")],
  ["write d/y", (user, text) => user.write("d/y", text)],
  ["rename d to e", (user) => user.rename("d", "e")],
  ["remove d", (user) => user.remove("d")],
  [
    "make a a directory",
    (user, text) => {
      user.remove("a");
      user.write("a/in", text);
    },
  ],
];

const longest = 3;
/** No sequence takes so many calls; reaching it means that the loop does not end. */
const callsMax = 1_000;
const settleMs = 120_000;

/** Sequences are numbered: all of one operation, then all of two, and so on. */
export const sequences: readonly (readonly Operation[])[] = sequencesUpTo(longest);

const afterwards: readonly Checker[] = [equalTrees, wholeFiles, nothingLost, noInventedDelete, noResurrection];

/** @param seed the number of the sequence, from 0 */
export async function runExhaustive(seed: number): Promise<Outcome> {
  const sequence = sequences[seed];
  if (sequence === undefined) throw new Error(`there are ${sequences.length} sequences, and no ${seed}`);
  const violations: string[] = [];
  let [virtualMs, steps, cuts] = [0, 0, 0];
  let traceHash = "";
  for (const where of ["author", "follower"] as const) {
    for (let nth = 1; ; nth += 1) {
      if (nth > callsMax) throw new Error(`${namesOf(sequence)} never passes through`);
      const cut = await cutBefore(sequence, where, nth);
      virtualMs += cut.virtualMs;
      steps += cut.steps;
      traceHash = cut.traceHash;
      if (!cut.isReached) break;
      cuts += 1;
      const story = `${namesOf(sequence)}, power cut on the ${where} before change ${nth}`;
      violations.push(...cut.violations.map((violation) => `${violation} [${story}]`));
    }
  }
  const faults = { "power-cut-at-nth-call": cuts };
  const events = {};
  return {
    scenario: "exhaustive",
    seed,
    traceHash,
    violations,
    virtualMs,
    steps,
    acts: cuts,
    faults,
    events,
    labels: [],
  };
}

interface Cut {
  /** False when the sequence passed through with fewer calls. */
  readonly isReached: boolean;
  readonly violations: readonly string[];
  readonly virtualMs: number;
  readonly steps: number;
  readonly traceHash: string;
}

async function cutBefore(sequence: readonly Operation[], where: "author" | "follower", nth: number): Promise<Cut> {
  let steps = 0;
  const world = new World(nth, {
    onTrace: () => {
      steps += 1;
    },
  });
  const site = new SimulatedSite(world, [{ name: "author" }, { name: "follower" }]);
  const [author, follower] = site.machines;
  if (author === undefined || follower === undefined) throw new Error("a site of two has two machines");
  const names = new ContentNames();
  const ledger = new WriteLedger(names);
  const scene = (): Parameters<Checker["check"]>[0] => ({
    machines: site.machines,
    formerMembers: [],
    running: site.machines.filter(({ isUp }) => isUp),
    ledger,
    names,
    chatter: new Map(),
  });
  const settle = async (): Promise<readonly string[]> => {
    const endMs = world.nowMs + settleMs;
    do await world.run(world.nowMs + 100);
    while (world.nowMs < endMs && !isSettled(scene()));
    return isSettled(scene()) ? [] : ["C1: not equal and idle after two minutes"];
  };
  const act = ([what, run]: Operation, text: string): void => {
    ledger.act(author, what, () => run(author.user, text));
  };

  act(["write a", (user, text) => user.write("a", text)], "old a");
  act(["write d/x", (user, text) => user.write("d/x", text)], "old x");
  world.schedule(0, () => void site.start());
  const violations = [...(await settle())];
  const histories = [historyOf(names, author)];
  for (const [at, operation] of sequence.entries()) {
    act(operation, `new ${at}`);
    histories.push(historyOf(names, author));
  }

  const machine = where === "author" ? author : follower;
  const other = where === "author" ? follower : author;
  let [calls, isReached] = [0, false];
  const unplan = machine.faults.planBefore((call) => {
    if (!isChange(call) || isReached) return undefined;
    calls += 1;
    if (calls < nth) return undefined;
    isReached = true;
    const before = { everywhere: names.everywhere(machine.user), files: names.filesOf(machine.user.snapshot()) };
    machine.crash();
    ledger.setBack(machine, before, names.everywhere(other.user), "the power cut");
    // Nobody hears of it: it keeps the call that never was from having an effect.
    return "EIO";
  });
  const endMs = world.nowMs + settleMs;
  do await world.run(world.nowMs + 100, () => isReached);
  while (world.nowMs < endMs && !isReached && !isSettled(scene()));
  unplan();
  if (isReached) {
    violations.push(...wholeFiles.check(scene()));
    if (where === "follower") violations.push(...strangers(names, follower, histories));
    await world.settle(machine.start());
  }
  violations.push(...(await settle()));
  // Files settle before the look that finds a fresh time trustworthy.
  await world.run(world.nowMs + 1_000);
  violations.push(...afterwards.flatMap(({ check }) => check(scene())));
  return { isReached, violations, virtualMs: world.nowMs, steps, traceHash: world.traceHash() };
}

function sequencesUpTo(length: number): readonly (readonly Operation[])[] {
  const all: (readonly Operation[])[] = [];
  let newest: readonly (readonly Operation[])[] = [[]];
  for (let at = 0; at < length; at += 1) {
    newest = newest.flatMap((sequence) => operations.map((operation) => [...sequence, operation]));
    all.push(...newest);
  }
  return all;
}

/** What stands at each path, at one moment. */
type History = ReadonlyMap<string, ContentName>;

function historyOf(names: ContentNames, { user }: SimulatedMachine): History {
  return new Map([...names.filesOf(user.snapshot())].map(([path, { content }]) => [path, content]));
}

/** Neither old nor new. */
function strangers(names: ContentNames, follower: SimulatedMachine, histories: readonly History[]): readonly string[] {
  return [...historyOf(names, follower)].flatMap(([path, content]) =>
    // What gives way to a directory stands beside it for a moment.
    histories.some((history) => history.get(baseOf(path)) === content) ? [] : [`S3: ${path} is neither old nor new`],
  );
}

function namesOf(sequence: readonly Operation[]): string {
  return sequence.map(([what]) => what).join(", ");
}
