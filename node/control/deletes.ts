/**
 * Deletes that wait for an operator (S5): what `cdmesh deletes` asks for.
 *
 * They are told by where they wait, since when, and who asked for them. An answer of the operator
 * is about what waits at that moment.
 */

import { type Instant, instantOfMs } from "../../protocol/documents/instant.ts";
import type { EntryPath } from "../../protocol/folder/path.ts";
import { type FolderId, type PeerId, peerOfWriter } from "../../protocol/ids.ts";
import type { TakingBack } from "../folder/taking-back.ts";
import type { DeleteSide, WaitingDeletes } from "../folder/waiting-deletes.ts";
import { RefusedError } from "../ports.ts";
import type { Replica } from "../records/replica.ts";

/** A number of deletes of one origin. */
export interface WaitingGroup {
  /** "here": found on this disk and told to nobody; "asked": asked for by others, and not carried out. */
  readonly side: DeleteSide;
  /** Who deleted them. */
  readonly by: { readonly peer: PeerId; readonly server?: string };
  /** When the first of them began to wait. */
  readonly since: Instant;
  readonly files: number;
  /** The first ones, in order. */
  readonly paths: readonly EntryPath[];
}

export interface DeletesQuestion {
  readonly folder: string;
  /** These, and what is below them; none: all of the folder. */
  readonly paths: readonly string[];
}

export interface DeletesReport {
  readonly folder: FolderId;
  readonly waiting: readonly WaitingGroup[];
}

export interface DeletesAnswer {
  readonly folder: FolderId;
  /** "release": they go everywhere; "discard": the files stay, or come back. */
  readonly verdict: DeletesVerdict;
  readonly files: number;
}

export type DeletesVerdict = "release" | "discard";

export interface DeletesFolder {
  readonly waiting: WaitingDeletes;
  readonly takingBack: TakingBack;
  readonly replica: Pick<Replica, "stateMany">;
  lookAtEverything(): void;
}

export interface DeletesOptions {
  readonly self: PeerId;
  readonly folder: (id: string) => ({ readonly id: FolderId } & DeletesFolder) | undefined;
  readonly serverOf: (peer: PeerId) => string | undefined;
}

const pathsShown = 20;
/** Looked at, or written anew, together. */
const atOnce = 1_024;

export class Deletes {
  readonly #options: DeletesOptions;

  constructor(options: DeletesOptions) {
    this.#options = options;
  }

  /** @throws RefusedError for a folder that is not here */
  async report({ folder: id, paths: prefixes }: DeletesQuestion): Promise<DeletesReport> {
    const folder = this.#folder(id);
    const { self, serverOf } = this.#options;
    const groups = new Map<
      string,
      { side: DeleteSide; peer: PeerId; sinceMs: number; paths: EntryPath[]; files: number }
    >();
    const paths = waitingPaths(folder.waiting, prefixes);
    for (let at = 0; at < paths.length; at += atOnce) {
      const page = paths.slice(at, at + atOnce);
      const states = await folder.replica.stateMany(page);
      for (const [place, path] of page.entries()) {
        const row = folder.waiting.at(path);
        if (row === undefined) continue;
        const [newest] = states[place] ?? [];
        const peer = row.side === "here" || newest === undefined ? self : peerOfWriter(newest.dot.writer);
        const name = `${row.side} ${peer}`;
        const group = groups.get(name) ?? { side: row.side, peer, sinceMs: row.sinceMs, paths: [], files: 0 };
        groups.set(name, group);
        group.files += 1;
        group.sinceMs = Math.min(group.sinceMs, row.sinceMs);
        if (group.paths.length < pathsShown) group.paths.push(path);
      }
    }
    const waiting = [...groups.values()].map(({ side, peer, sinceMs, files, paths: shown }): WaitingGroup => {
      const server = serverOf(peer);
      return {
        side,
        by: { peer, ...(server !== undefined && { server }) },
        since: instantOfMs(sinceMs),
        files,
        paths: shown,
      };
    });
    return { folder: folder.id, waiting };
  }

  /** @throws RefusedError for a folder that is not here, or when this peer may not write what it shall bring back */
  async decide(verdict: DeletesVerdict, { folder: id, paths: prefixes }: DeletesQuestion): Promise<DeletesAnswer> {
    const folder = this.#folder(id);
    const paths = waitingPaths(folder.waiting, prefixes);
    if (verdict === "release") await folder.waiting.release(paths);
    else await takeBack(folder, paths);
    folder.lookAtEverything();
    return { folder: folder.id, verdict, files: paths.length };
  }

  #folder(id: string): { readonly id: FolderId } & DeletesFolder {
    const folder = this.#options.folder(id);
    if (folder === undefined)
      throw new RefusedError({ code: "folder-unknown", detail: `this peer has no folder "${id}"` });
    return folder;
  }
}

async function takeBack({ waiting, takingBack }: DeletesFolder, paths: readonly EntryPath[]): Promise<void> {
  for (let at = 0; at < paths.length; at += atOnce) {
    const page = paths.slice(at, at + atOnce);
    await takingBack.wantAgain(page.filter((path) => waiting.isHeld(path, "here")));
    await takingBack.writeAnew(page.filter((path) => waiting.isHeld(path, "asked")));
  }
}

/** What waits for an operator at a path or below it; without any path, everything. */
function waitingPaths(waiting: WaitingDeletes, prefixes: readonly string[]): readonly EntryPath[] {
  const isMeant = (path: string): boolean =>
    prefixes.length === 0 || prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
  return [...waiting.paths].filter((path) => waiting.at(path)?.isReleased === false && isMeant(path)).toSorted();
}
