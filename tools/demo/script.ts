/**
 * What happens in the demo, and when it had arrived everywhere.
 *
 * Whether something arrived is judged from outside where that can be done a few times a second: by
 * what stands on each disk. Of a whole tree the peer itself says so, and in the end find and
 * sha256sum have the last word.
 */

import { appendFileSync, existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chooseRealFiles, copyRealFiles, type RealFiles } from "../../simulations/processes/real-files.ts";
import { compareListings, listTree } from "../../simulations/processes/tree-listing.ts";
import { counted, formatBytes } from "../cli/quantities.ts";
import type { Observer } from "./observer.ts";
import type { Actor, Stage } from "./stage.ts";

export interface Act {
  readonly name: "copy" | "change" | "kill";
  readonly title: string;
  /** From the beginning of the act until it was whole there, by place. */
  readonly arrivedMs: ReadonlyMap<string, number>;
}

export interface Played {
  readonly acts: readonly Act[];
  readonly files: number;
  readonly bytes: number;
  /** Lines in which a tree differs from that of the first peer, by place; none when it is identical. */
  readonly differences: ReadonlyMap<string, readonly string[]>;
}

const filesFirst = 1_500;
const filesInAll = 2_200;
const editedFiles = 100;
const actMsMax = 120_000;
const pollMs = 50;

export interface Director {
  readonly stage: Stage;
  readonly observer: Observer;
  /** What happens now. */
  readonly tell: (title: string) => void;
}

/** @throws when something does not arrive in time */
export async function play(director: Director): Promise<Played> {
  const { stage, observer, tell } = director;
  tell("six peers start and find each other by their seed list");
  for (const { process: peer } of stage.actors) peer.start();
  const others = stage.actors.length - 1;
  await arrival(stage.actors, (actor) => {
    const { state, connected } = observer.sighting(actor);
    return state === "idle" && connected === others;
  });
  const all = chooseRealFiles(filesInAll);
  const first = chooseRealFiles(filesFirst);
  const second = {
    packages: all.packages.slice(first.packages.length),
    files: all.files - first.files,
    bytes: all.bytes - first.bytes,
  };
  const acts = [await copy(director, first), await change(director, first), await kill(director, second)];
  tell("find and sha256sum read all six trees");
  return { acts, files: all.files, bytes: all.bytes, differences: await compareTrees(stage.actors) };
}

/** A whole tree comes to one peer. */
async function copy({ stage, observer, tell }: Director, files: RealFiles): Promise<Act> {
  const source = stage.actor(0);
  const title = `${counted(files.files, "real file")}, ${formatBytes(files.bytes)}, copied to ${source.place}`;
  tell(title);
  copyRealFiles(files, source.root);
  const entries = entriesBelow(source.root).length;
  return { name: "copy", title, arrivedMs: await arrival(stage.actors, (actor) => isWhole(observer, actor, entries)) };
}

/** Users of three servers work at the same time. */
async function change({ stage, tell }: Director, { packages }: RealFiles): Promise<Act> {
  const [editor, renamer, deleter] = [stage.actor(3), stage.actor(2), stage.actor(5)];
  const [renamed = "", deleted = "", ...rest] = largestFirst(packages, renamer.root);
  const [to, count] = [`${renamed}-renamed`, entriesBelow(join(renamer.root, renamed)).length];
  const edited = rest
    .flatMap((name) => entriesBelow(join(editor.root, name)))
    .filter((path) => statSync(path).isFile())
    .slice(0, editedFiles);
  const title =
    `${edited.length} files edited on ${editor.place}, a directory of ${count} renamed on ${renamer.place}, ` +
    `one deleted on ${deleter.place}`;
  tell(title);
  for (const path of edited) appendFileSync(path, "\n// Edited by the demo.\n");
  renameSync(join(renamer.root, renamed), join(renamer.root, to));
  rmSync(join(deleter.root, deleted), { recursive: true });
  const sizes = edited.map((path) => [relative(editor.root, path), statSync(path).size] as const);
  const arrivedMs = await arrival(
    stage.actors,
    ({ root }) =>
      !existsSync(join(root, deleted)) &&
      !existsSync(join(root, renamed)) &&
      countBelow(join(root, to)) === count &&
      sizes.every(([path, size]) => statSync(join(root, path), { throwIfNoEntry: false })?.size === size),
  );
  return { name: "change", title, arrivedMs };
}

function largestFirst(packages: readonly string[], root: string): readonly string[] {
  const sizes = new Map(packages.map((name) => [name, entriesBelow(join(root, name)).length]));
  return packages.toSorted((one, other) => (sizes.get(other) ?? 0) - (sizes.get(one) ?? 0));
}

/** More files come, and one peer is killed while it fetches them. */
async function kill({ stage, observer, tell }: Director, files: RealFiles): Promise<Act> {
  const [source, victim] = [stage.actor(2), stage.actor(4)];
  const before = observer.sighting(victim).files;
  tell(`${counted(files.files, "more file")}, ${formatBytes(files.bytes)}, copied to ${source.place}`);
  const startMs = performance.now();
  copyRealFiles(files, source.root);
  const entries = entriesBelow(source.root).length;
  const added = entries - before;
  await arrival([victim], (actor) => observer.sighting(actor).files >= before + added / 4);
  await victim.process.kill();
  const had = Math.round((100 * (observer.sighting(victim).files - before)) / added);
  const title = `${counted(files.files, "more file")} copied to ${source.place}, ${victim.place} killed when it had ${had} %`;
  tell(title);
  await sleep(1_000);
  victim.process.start();
  const arrivedMs = await arrival(stage.actors, (actor) => isWhole(observer, actor, entries), startMs);
  return { name: "kill", title, arrivedMs };
}

async function compareTrees(actors: readonly Actor[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const listings = new Map<string, readonly string[]>();
  for (const { place, root } of actors) listings.set(place, await listTree(root));
  const [expected = []] = listings.values();
  return new Map([...listings].map(([place, listing]) => [place, compareListings(expected, listing)]));
}

/** What the peer says of itself: it saw or got everything, and nothing is missing. */
function isWhole(observer: Observer, actor: Actor, entries: number): boolean {
  const { state, files, missingFiles } = observer.sighting(actor);
  return state === "idle" && missingFiles === 0 && files === entries;
}

/** Waits for all. @returns how long each took from `startMs`, by place */
async function arrival(
  actors: readonly Actor[],
  isThere: (actor: Actor) => boolean,
  startMs = performance.now(),
): Promise<ReadonlyMap<string, number>> {
  const arrived = new Map<string, number>();
  for (;;) {
    for (const actor of actors) {
      if (!arrived.has(actor.place) && isThere(actor)) arrived.set(actor.place, performance.now() - startMs);
    }
    if (arrived.size === actors.length) return arrived;
    if (performance.now() - startMs > actMsMax) throw tooLate(actors.filter(({ place }) => !arrived.has(place)));
    await sleep(pollMs);
  }
}

function tooLate(actors: readonly Actor[]): Error {
  const [first] = actors;
  const places = actors.map(({ place }) => place).join(", ");
  return new Error(
    `not arrived after ${actMsMax / 1_000} s: ${places}\nlast lines of the first:\n${first?.process.logTail()}`,
  );
}

/** Undefined while the directory is not there, or changes under the reading. */
function countBelow(directory: string): number | undefined {
  try {
    return entriesBelow(directory).length;
  } catch {
    return undefined;
  }
}

/** Absolute paths of everything below a directory, except what the peer keeps there for itself. */
function entriesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !relative(directory, path).startsWith(".cdmesh"));
}
