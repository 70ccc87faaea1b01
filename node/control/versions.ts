/**
 * Kept versions as an operator sees them: what is kept of which path, and putting one back.
 */

import { type Instant, instantOfMs } from "../../protocol/documents/instant.ts";
import { type EntryPath, parseEntryPath, parseStandingPath } from "../../protocol/folder/path.ts";
import type { FolderId } from "../../protocol/ids.ts";
import { RefusedError } from "../ports.ts";
import type { FolderVersions } from "../sync/versions/folder-versions.ts";
import { keptKey, type KeptReason, type KeptVersion } from "../sync/versions/kept-rows.ts";
import { RestoreError } from "../sync/versions/restore.ts";

/** A kept version. Fields are added, never taken away or given another meaning. */
export interface VersionReport {
  readonly path: EntryPath;
  /** Names it among the versions of the folder on this peer. */
  readonly version: number;
  readonly kind: "file" | "symlink";
  readonly bytes: number;
  readonly mode: number;
  readonly modifiedAt: Instant;
  readonly keptAt: Instant;
  readonly reason: KeptReason;
  /** The name of the conflict copy that it was. */
  readonly copy?: EntryPath;
}

export interface VersionsReport {
  readonly folder: FolderId;
  /** By path, the oldest of each first. */
  readonly versions: readonly VersionReport[];
  /** Where the next page begins: to be given back as `after`. */
  readonly next?: string;
}

export interface Restored {
  readonly folder: FolderId;
  readonly path: EntryPath;
  readonly version: number;
  /** What stood there is kept under this number; left out when nothing did. */
  readonly kept?: number;
}

export interface VersionsQuestion {
  readonly folder: string;
  /** One path, or everything below a directory; neither: all of the folder. */
  readonly path?: string | undefined;
  readonly below?: string | undefined;
  readonly after?: string | undefined;
}

export interface RestoreQuestion {
  readonly folder: string;
  readonly path: string;
  readonly version: number;
  /** Left out: where it stood. */
  readonly to?: string | undefined;
}

const pageVersions = 1_000;

export class VersionDesk {
  readonly #folder: (id: string) => FolderVersions | undefined;

  constructor(folder: (id: string) => FolderVersions | undefined) {
    this.#folder = folder;
  }

  /** @throws RefusedError */
  async list({ folder: id, path, below, after }: VersionsQuestion): Promise<VersionsReport> {
    const folder = this.#known(id);
    const { versions } = folder;
    const range =
      path !== undefined
        ? versions.ofPath(standingPath(path))
        : below !== undefined
          ? versions.below(standingPath(below))
          : versions.all();
    const from = after === undefined ? range.from : keyAfter(folder.id, after);
    const page = await versions.page({ from, to: range.to }, pageVersions);
    const last = page.next === undefined ? undefined : page.versions.at(-1);
    return {
      folder: folder.id,
      versions: page.versions.map(reportOf),
      ...(last !== undefined && { next: `${last.number}/${last.path}` }),
    };
  }

  /** @throws RefusedError */
  async restore({ folder: id, path, version: number, to }: RestoreQuestion): Promise<Restored> {
    const folder = this.#known(id);
    const from = standingPath(path);
    const version = await folder.versions.find(from, number);
    if (version === undefined) throw refused(`${path} has no kept version ${number}; cdmesh versions list shows them`);
    const place = parseEntryPath(to ?? path);
    if (place === undefined) throw refused(`${to ?? path} is no path that a file can have here`);
    try {
      const kept = await folder.restore(version, place);
      return { folder: folder.id, path: place, version: number, ...(kept !== undefined && { kept: kept.number }) };
    } catch (error) {
      if (error instanceof RestoreError) throw refused(error.message);
      throw error;
    }
  }

  #known(id: string): FolderVersions {
    const folder = this.#folder(id);
    if (folder === undefined)
      throw new RefusedError({ code: "folder-unknown", detail: `this peer has no folder "${id}"` });
    return folder;
  }
}

function reportOf({ path, number, entry, keptAtMs, reason, copy }: KeptVersion): VersionReport {
  return {
    path,
    version: number,
    kind: entry.kind,
    bytes: entry.size,
    mode: entry.mode,
    modifiedAt: instantOfMs(entry.mtimeUs / 1_000),
    keptAt: instantOfMs(keptAtMs),
    reason,
    ...(copy !== undefined && { copy }),
  };
}

function keyAfter(folder: FolderId, after: string): Uint8Array {
  const [number = "", ...parts] = after.split("/");
  if (!/^\d{1,15}$/.test(number)) throw refused("after is what the page before said");
  return keptKey(folder, { path: standingPath(parts.join("/")), number: Number(number) + 1 });
}

function standingPath(text: string): EntryPath {
  const path = parseStandingPath(text);
  if (path === undefined) throw refused(`${text} is no path in a folder`);
  return path;
}

function refused(detail: string): RefusedError {
  return new RefusedError({ code: "versions-refused", detail });
}
