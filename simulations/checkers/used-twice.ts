/**
 * What machines told under numbers that they used twice.
 *
 * A machine that came back from before goes on under its old writer when all that it can ask know no more than it
 * does. Whoever then wrote over what the first use of a number said of a path covers what the second one says of that
 * path too, unseen, and the other way round; what is covered so is a kept version (SPEC, "Windows that remain").
 * The peers show what they seal and what they hold, and nothing else is told from here.
 */

import type { Folder } from "../../node/folder/folder.ts";
import { recordKinds, supersedes, type Version } from "../../protocol/records/record.ts";
import type { Dot } from "../../protocol/records/version.ts";
import { decodeEntry } from "../../protocol/wire/entry.ts";
import { decodeRecord } from "../../protocol/wire/records.ts";

type Sealed = Pick<Version, "dot" | "record">;

export interface NumbersUsedOptions {
  /** Whether somebody whom the writer's machine could have asked has it so far already: then there is no excuse. */
  readonly isKnownToOthers: (dot: Dot) => boolean;
  /** Hears of each content that was told under a number used twice, and that a record covers. */
  readonly onCovered: (root: string) => void;
}

export class NumbersUsed {
  readonly #first = new Map<string, { readonly bytes: Uint8Array; readonly sealed: Sealed }>();
  /** By key, what was sealed under a number that was used twice. */
  readonly #twice = new Map<string, Sealed[]>();
  readonly #options: NumbersUsedOptions;

  constructor(options: NumbersUsedOptions) {
    this.#options = options;
  }

  /** Of one process, before it is started. */
  follow(folders: Iterable<Pick<Folder, "replica">>): void {
    for (const { replica } of folders) {
      replica.onSealed((batches) => {
        for (const { head, cover, records } of batches) {
          const { writer, first } = head.header;
          for (const [at, bytes] of records.entries()) {
            const sequence = first + (cover.live[at] ?? 0);
            const record = decodeRecord(bytes, writer);
            if (record !== undefined) this.#note(bytes, { dot: { writer, sequence }, record });
          }
        }
      });
      replica.onChange((states) => {
        for (const { key, versions } of states) {
          for (const { dot, record } of this.#twice.get(key) ?? []) {
            if (versions.some((version) => supersedes(version.record, dot))) this.#tell(record);
          }
        }
      });
    }
  }

  #note(bytes: Uint8Array, sealed: Sealed): void {
    const name = `${sealed.dot.writer} ${sealed.dot.sequence}`;
    const first = this.#first.get(name);
    if (first === undefined) this.#first.set(name, { bytes, sealed });
    else if (Buffer.compare(first.bytes, bytes) !== 0 && !this.#options.isKnownToOthers(sealed.dot))
      for (const one of [first.sealed, sealed]) this.#add(one);
  }

  #add(sealed: Sealed): void {
    const { key } = sealed.record;
    this.#twice.set(key, [...(this.#twice.get(key) ?? []), sealed]);
  }

  #tell({ kind, payload }: Sealed["record"]): void {
    const entry = kind === recordKinds.fileEntry ? decodeEntry(payload)?.entry : undefined;
    if (entry?.kind === "file") this.#options.onCovered(entry.root);
  }
}
