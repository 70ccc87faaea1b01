/**
 * The checkers, one for each promise or part of one. PROMISES says them in full; here stands what
 * of each can be seen from outside of a peer.
 */

import { isConflictCopyName, nameOf, parseStandingPath, pathOfCopy } from "../../protocol/folder/path.ts";
import type { SimulatedMachine } from "../world/machine.ts";
import type { TreeItem } from "../world/user.ts";
import type { Checker, Scene } from "./checker.ts";
import { sampleOf } from "./contents.ts";
import { isAtRest, waitedForInVain } from "./in-vain.ts";

/** At no moment does a path hold something that nobody wrote. */
export const wholeFiles: Checker = {
  promise: "S3: every path holds one whole version that somebody wrote",
  check: ({ machines, formerMembers, ledger, names }) =>
    [...machines, ...formerMembers].flatMap(({ name: machine, user }) =>
      [...user.snapshot()].flatMap(([path, item]) => {
        if (item.kind !== "file") return [];
        const content = names.nameOf(item.content);
        if (ledger.isKnown(content)) return [];
        return [`S3: on ${machine}, ${path} holds what nobody wrote: ${sampleOf(item.content)}`];
      }),
    ),
};

export const nothingLost: Checker = {
  promise: "S1: what a user wrote is live, a conflict copy, a kept version, or was seen by whoever replaced it",
  check: ({ machines, formerMembers, names, ledger }) => {
    const standing = new Set([...machines, ...formerMembers].flatMap(({ user }) => [...names.everywhere(user)]));
    return ledger.lost(standing).map((what) => `S1: lost what was made by ${what}`);
  },
};

/** What no user destroyed is not put among the kept versions either: it stands in the tree. */
export const noInventedDelete: Checker = {
  promise: "S5: what no user replaced or removed stands in the tree",
  check: ({ machines, names, ledger }) => {
    const standing = new Set(
      machines.flatMap(({ user }) => [...names.filesOf(user.snapshot()).values()].map(({ content }) => content)),
    );
    for (const content of ledger.keptVersions) standing.add(content);
    return ledger.lost(standing).map((what) => `S5: no user removed what was made by ${what}, and it stands nowhere`);
  },
};

export const noResurrection: Checker = {
  promise: "C4: what was removed in sight, at every path where it stood, stays away",
  check: ({ machines: [first], names, ledger }) =>
    first === undefined
      ? []
      : [...names.filesOf(first.user.snapshot())].flatMap(([path, { content }]) => {
          const by = ledger.whoSawItGo(content);
          return by === undefined
            ? []
            : [`C4: ${path} holds what was made by ${ledger.whoWrote(content)}, which went by ${by}`];
        }),
};

export const equalTrees: Checker = {
  promise: "C1: all trees are equal",
  check: (scene) => differences(scene).map((line) => `C1: ${line}`),
};

export const equalRecords: Checker = {
  promise: "C1, C2, C3: all peers know the same changes and hold the same records",
  check: ({ running }) => {
    const known = running.map(({ name, peer }) => ({
      name,
      says: [...peer.folders.values()].map(({ replica }) => `${replica.digest()} ${replica.fingerprint().sum}`).join(),
    }));
    return known.every(({ says }) => says === known[0]?.says)
      ? []
      : [`C1: the records of ${known.map(({ name, says }) => `${name} are ${says.slice(0, 8)}`).join(", ")}`];
  },
};

export const idle: Checker = {
  promise: "C1: every folder is idle",
  check: (scene) => {
    const inVain = waitedForInVain(scene);
    return scene.machines
      .filter((machine) => !isAtRest(machine, inVain))
      .map((machine) => `C1: ${machine.name} is ${stateOf(machine)}`);
  },
};

export const silence: Checker = {
  promise: "C1: once all is equal no record and no content travels",
  check: ({ chatter }) =>
    [...chatter].map(([what, times]) => `C1: all was equal, and then there were ${times} ${what}`),
};

/** A copy is named by what it shows, and beside its path: so its name is the same everywhere. */
export const copiesNamedByContent: Checker = {
  promise: "X1: a conflict copy is named by the content that it shows",
  check: ({ machines: [first], names }) =>
    first === undefined
      ? []
      : [...first.user.snapshot()].flatMap(([path, item]) => {
          const standing = parseStandingPath(path);
          if (item.kind !== "file" || standing === undefined || !isConflictCopyName(nameOf(standing))) return [];
          const root = names.rootOf(item.content).slice(0, 12);
          return path.includes(`.conflict-${root}`) ? [] : [`X1: the copy ${path} shows content ${root}`];
        }),
};

/** Neither a copy of a copy, nor one content at more paths than users put it to. */
export const copiesDoNotBreed: Checker = {
  promise: "X3, X4: no copy of a copy, and no content at more paths than users put it",
  check: (scene) => {
    const { machines, names, ledger } = scene;
    const [first] = machines;
    if (first === undefined) return [];
    const inVain = new Set(waitedForInVain(scene).map(({ path }) => path));
    const places = new Map<string, string[]>();
    for (const [path, { content }] of names.filesOf(first.user.snapshot())) {
      // What has a copy by now still stands in the place of what will never come.
      if (!inVain.has(path)) places.set(content, [...(places.get(content) ?? []), path]);
    }
    const bred = [...places].flatMap(([content, paths]) =>
      ledger.whoWrote(content) !== undefined && paths.length > ledger.placesOf(content)
        ? [`X4: what was made by ${ledger.whoWrote(content)} stands at ${paths.join(" and ")}`]
        : [],
    );
    const copies = [...first.user.snapshot().keys()].filter(
      (path) => (path.match(/\.conflict-[0-9a-f]{12}/g)?.length ?? 0) > 1,
    );
    return [...bred, ...copies.map((path) => `X4: ${path} is a copy of a copy`)];
  },
};

/** Two honest halves that use one sequence number: only an older store may cause that. */
export const noForks: Checker = {
  promise: "S4, S8: no peer uses a sequence number twice, and no records diverge",
  check: ({ machines }) =>
    machines.flatMap(({ name, log }) =>
      log.lines
        .filter(({ event }) => ["writer-forked", "divergence-found", "sums-corrected"].includes(event))
        .slice(0, 1)
        .map(({ event, facts }) => `S8: ${name} says ${event} ${JSON.stringify(facts)}`),
    ),
};

/** Whatever a liar says: nothing stands where no user put anything, and no other policy is in force. */
export const nothingForeign: Checker = {
  promise: "P1, P4, P6: no name that no user made, and no policy but the administrator's",
  check: ({ machines, ledger }) =>
    machines.flatMap((machine) => {
      const { name, user } = machine;
      const strange = [...user.snapshot().keys()].filter((path) => !ledger.isPath(path));
      const policy = machine.isRunning ? machine.peer.control.status().policyVersion : 1;
      return [
        ...strange.map((path) => `P6: ${path} on ${name} is a name that no user made`),
        ...(policy === 1 ? [] : [`P4: ${name} has policy ${policy}`]),
      ];
    }),
};

/** For worlds where users do not touch what the peers have to sort out. */
export const oneCopyForEachLoser: Checker = {
  promise: "X1: of k concurrent contents one wins and k-1 are conflict copies",
  check: ({ machines: [first], ledger }) => {
    if (first === undefined) return [];
    const paths = [...first.user.snapshot().keys()];
    const copies = paths.filter((path) => {
      const standing = parseStandingPath(path);
      return standing !== undefined && pathOfCopy(standing) !== undefined;
    });
    const winners = paths.length - copies.length;
    // A user who wrote twice on one machine saw what he replaced.
    const owed = ledger.undestroyed;
    return owed - 1 === copies.length && winners === 1
      ? []
      : [`X1: of ${owed} contents there are ${copies.length} copies beside ${winners} paths`];
  },
};

function differences(scene: Scene): readonly string[] {
  const trees = scene.running.map(({ name, user }) => ({ name, tree: user.snapshot() }));
  const paths = new Set(trees.flatMap(({ tree }) => [...tree.keys()]));
  const inVain: ReadonlySet<string> = new Set(waitedForInVain(scene).map(({ path }) => path));
  for (const path of inVain) paths.delete(path);
  return [...paths].flatMap((path) => {
    const isDirectory = trees.every(({ tree }) => tree.get(path)?.kind === "directory");
    const items = trees
      .filter(({ tree }) => isDirectory || !(isInTheWay(path, tree) || standsInVain(path, tree, inVain)))
      .map(({ name, tree }) => ({ name, shows: shown(tree.get(path)) }));
    if (new Set(items.map(({ shows }) => shows)).size <= 1) return [];
    return [`${path} is ${items.map(({ name, shows }) => `${shows} on ${name}`).join(", ")}`];
  });
}

/**
 * Whether a user of that machine put something there that the mesh does not touch: in its place and below it
 * nothing else can stand, and a directory that holds it cannot go.
 */
function isInTheWay(path: string, tree: ReadonlyMap<string, TreeItem>): boolean {
  return [...tree].some(
    ([at, { kind }]) => isNoEntry(at, kind) && (path === at || path.startsWith(`${at}/`) || at.startsWith(`${path}/`)),
  );
}

/** A FIFO and its like, and a directory by a copy's name. */
function isNoEntry(path: string, kind: TreeItem["kind"]): boolean {
  return kind === "other" || (kind === "directory" && isConflictCopyName(path.slice(path.lastIndexOf("/") + 1)));
}

/** Whether a directory stands only for what one machine still shows in place of something that is waited for in vain. */
function standsInVain(path: string, tree: ReadonlyMap<string, TreeItem>, inVain: ReadonlySet<string>): boolean {
  const below = [...tree].filter(([at, { kind }]) => kind !== "directory" && at.startsWith(`${path}/`));
  return below.length > 0 && below.every(([at]) => inVain.has(at));
}

/** What the mesh carries of an item: the times of directories follow from what happens in them. */
function shown(item: TreeItem | undefined): string {
  switch (item?.kind) {
    case "file":
      return `a file ${item.mode.toString(8)} ${item.mtimeNs / 1_000n} ${sampleOf(item.content)}`;
    case "directory":
      return `a directory ${item.mode.toString(8)}`;
    case "symlink":
      return `a symlink to ${item.target}`;
    // Neither carried nor touched: each machine has its own.
    case "other":
    case undefined:
      return "nothing";
  }
}

function stateOf(machine: SimulatedMachine): string {
  if (!machine.isUp) return "not running";
  return machine.peer.control
    .folders()
    .map(
      ({ state, reasons, unfound, blocked }) =>
        `${state} ${JSON.stringify(reasons)} ${JSON.stringify([...unfound, ...blocked])}`,
    )
    .join();
}

/**
 * Equal and idle, cheaply: asked again and again. Trees may be equal before records are: a version may say what
 * a machine shows already, and may reach it by a later round only, which is no chatter then.
 */
export function isSettled(scene: Scene): boolean {
  const { running, machines } = scene;
  if (running.length < machines.length) return false;
  const inVain = waitedForInVain(scene);
  const isAtRestEverywhere = machines.every((machine) => isAtRest(machine, inVain));
  return isAtRestEverywhere && differences(scene).length === 0 && equalRecords.check(scene).length === 0;
}
