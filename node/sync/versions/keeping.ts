/**
 * What becomes of everything that a commit takes out of its place: decided before the commit
 * touches anything, so that its intents can name it.
 *
 * Each file and symlink that goes gets a number. Under that name it is kept, and under that name a
 * user's late write finds a place that would have none otherwise.
 */

import type { KeptVersions } from "../../../protocol/documents/policy.ts";
import type { EntryPath } from "../../../protocol/folder/path.ts";
import type { Version } from "../../../protocol/records/record.ts";
import type { Vector } from "../../../protocol/records/version.ts";
import type { Held } from "../../folder/held.ts";
import { stagingDirectory } from "../../folder/marker.ts";
import type { InternalPath } from "../../ports.ts";
import type { Replica } from "../../records/replica.ts";
import type { CommitGroup } from "../commit-group.ts";
import type { PlaceItem, RemoveItem } from "../items.ts";
import type { Fate } from "../recheck.ts";
import type { ReadyPlace } from "../stager.ts";
import { directoryOf, directoryPath, keptName, type KeptReason } from "./kept-rows.ts";
import type { Versions } from "./versions.ts";

/** What goes from a path, and what becomes of it. */
export interface Leaving {
  readonly path: EntryPath;
  readonly number: number;
  /** Undefined: it is not kept, unless a user wrote it in the very moment. */
  readonly reason: KeptReason | undefined;
}

/** Where it lies once it is taken out. What is not kept is left where a start removes it, should it outlive its removal. */
export function asideName({ number, reason }: Leaving): InternalPath {
  return reason === undefined ? `${stagingDirectory}/out-${number}` : keptName(number);
}

export function directoryOfAside({ number, reason }: Leaving): InternalPath {
  return reason === undefined ? stagingDirectory : directoryPath(directoryOf(number));
}

export type Keeping = ReadonlyMap<EntryPath, Leaving>;

export interface KeepingRules {
  readonly retention: () => KeptVersions;
  /** Whether something shall have this content for which there is no place yet. */
  readonly isAwaited: (held: Held) => boolean;
  /** Whether an administrator erased what a path held, as far as the versions of its key tell. */
  readonly isErased: (key: EntryPath, basis: Vector, versions: readonly Version[]) => boolean;
}

export interface KeepingParts {
  readonly replica: Pick<Replica, "stateMany">;
  readonly versions: Versions;
  readonly rules: KeepingRules;
}

/**
 * Under the folder's lock.
 * @param fates of what goes: what is moved is not kept, for the same records show it elsewhere, where it stands
 */
export async function planKeeping(
  { replica, versions, rules }: KeepingParts,
  group: CommitGroup,
  fates: ReadonlyMap<PlaceItem | RemoveItem, Fate>,
): Promise<Keeping> {
  const goings = [...group.places.flatMap(goingFromPlace), ...group.removes.flatMap(goingOfRemove)];
  if (goings.length === 0) return new Map();
  const states = await replica.stateMany(goings.map(({ item }) => item.key));
  const first = await versions.reserve(goings.length);
  const isKept = rules.retention().count > 0;
  return new Map(
    goings.map(({ item, path, held }, at): [EntryPath, Leaving] => {
      const known = states[at] ?? [];
      const fate = held === undefined ? "moved" : fates.get(item);
      const isAwaited = fate === "awaited" || (held !== undefined && rules.isAwaited(held));
      const reason = fate === "moved" ? undefined : reasonOf(item, isAwaited, known, isKept);
      const isErased = held !== undefined && rules.isErased(item.key, held.basis, known);
      return [path, { path, number: first + at, reason: isErased ? undefined : reason }];
    }),
  );
}

function reasonOf(
  item: PlaceItem | RemoveItem,
  isAwaited: boolean,
  versions: readonly Version[],
  isKept: boolean,
): KeptReason | undefined {
  // It is still to be placed, and nobody else may have it: it outlives any retention until then.
  if (isAwaited) return "surprise";
  // The mesh has no word of the key, not even of its delete: then it is not for the mesh to say that it goes.
  if (item.kind === "remove" && versions.length === 0) return "forgotten";
  if (!isKept) return undefined;
  return item.kind === "remove" ? "deleted" : "replaced";
}

interface Going {
  readonly item: PlaceItem | RemoveItem;
  readonly path: EntryPath;
  /** Undefined: it only leaves its name, for the new one that it has by then. */
  readonly held: Held | undefined;
}

function goingFromPlace({ item, staged }: ReadyPlace): readonly Going[] {
  if (staged.kind === "move") return [{ item, path: staged.from, held: undefined }];
  const held = item.expected;
  return held === undefined || held.entry.kind === "directory" ? [] : [{ item, path: item.shown.path, held }];
}

function goingOfRemove(item: RemoveItem): readonly Going[] {
  return item.expected.entry.kind === "directory" ? [] : [{ item, path: item.path, held: item.expected }];
}
