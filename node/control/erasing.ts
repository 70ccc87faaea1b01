/**
 * Erasing, as an administrator asks for it: the peer says what it knows of a path, the
 * administrator signs that all of it goes, and the peer issues a delete that carries the signature.
 *
 * The file is then removed as by any other delete, here and everywhere, with nothing kept of it.
 */

import type { Erasure } from "../../protocol/documents/erasure.ts";
import { isRefusal, type Verified } from "../../protocol/documents/verified.ts";
import { type EntryPath, parseEntryPath } from "../../protocol/folder/path.ts";
import type { FolderId, SiteId, WriterId } from "../../protocol/ids.ts";
import { causesOf, recordKinds, sparedOf } from "../../protocol/records/record.ts";
import { covers } from "../../protocol/records/version.ts";
import { describeRefusal, type Refusal } from "../../protocol/refusal.ts";
import { encodeEntry, erasuresCarried } from "../../protocol/wire/entry.ts";
import { RefusedError } from "../ports.ts";
import type { Replica } from "../records/replica.ts";

/** What an erasure of a path has to say to cover all that this peer knows of it. */
export interface Erasable {
  readonly site: SiteId;
  readonly folder: FolderId;
  readonly path: EntryPath;
  readonly covers: readonly { readonly writer: WriterId; readonly sequence: number }[];
}

export interface Erased {
  readonly folder: FolderId;
  readonly path: EntryPath;
}

export interface ErasingOptions {
  readonly site: SiteId;
  readonly folder: (id: string) => { readonly id: FolderId; readonly replica: ErasingReplica } | undefined;
  readonly judge: (envelope: Uint8Array) => Verified<Erasure> | Refusal;
}

type ErasingReplica = Pick<Replica, "state" | "issue">;

export class Erasing {
  readonly #options: ErasingOptions;

  constructor(options: ErasingOptions) {
    this.#options = options;
  }

  /** @throws RefusedError */
  async look(asked: { readonly folder: string; readonly path: string }): Promise<Erasable> {
    const { id: folder, replica } = this.#folder(asked.folder);
    const path = parseEntryPath(asked.path);
    if (path === undefined) throw refused(`${asked.path} is no path in a folder`);
    const versions = await replica.state(path);
    if (versions.length === 0) throw refused(`nothing is known of ${path} in folder "${folder}"`);
    const known = [...causesOf(versions)].map(([writer, sequence]) => ({ writer, sequence }));
    return { site: this.#options.site, folder, path, covers: known };
  }

  /** @throws RefusedError */
  async erase(asked: { readonly erasure: string }): Promise<Erased> {
    const bytes = new Uint8Array(Buffer.from(asked.erasure, "base64"));
    const erasure = this.#options.judge(bytes);
    if (isRefusal(erasure)) throw refused(`the erasure does not count: ${describeRefusal(erasure)}`);
    const { folder, path } = erasure;
    const { replica } = this.#folder(folder);
    const versions = await replica.state(path);
    const signed = new Map(erasure.covers.map(({ writer, sequence }) => [writer, sequence]));
    const seen = versions.filter(({ dot }) => covers(signed, dot));
    if (seen.length === 0) throw refused(`of what the erasure covers nothing is left at ${path}`);
    // Whatever is concurrent to what was signed stands beside it, and survives (X2).
    const causes = causesOf(seen);
    const beside = versions.filter((version) => !seen.includes(version));
    const spared = sparedOf(causes, beside);
    const erasures = erasuresCarried([encodeEntry(deleted, {}, [bytes]), ...seen.map(({ record }) => record.payload)]);
    const payload = encodeEntry(deleted, {}, erasures);
    const draft = { kind: recordKinds.fileEntry, key: path, causes, tombstone: true, payload };
    await replica.issue([spared.length > 0 ? { ...draft, spared } : draft]);
    return { folder, path };
  }

  #folder(id: string): { readonly id: FolderId; readonly replica: ErasingReplica } {
    const folder = this.#options.folder(id);
    if (folder === undefined)
      throw new RefusedError({ code: "folder-unknown", detail: `this peer has no folder "${id}"` });
    return folder;
  }
}

const deleted = { kind: "deleted" } as const;

function refused(detail: string): RefusedError {
  return new RefusedError({ code: "erasure-refused", detail });
}
