/**
 * Counts how often named branches of the peer's code ran, by the engine's own coverage: no line of
 * the peer is there for it.
 */

import { readFileSync } from "node:fs";
import { Session } from "node:inspector";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { branches } from "./branches.ts";

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly Range[] }[];
  }[];
}

const root = join(import.meta.dirname, "../..");

export class BranchCounter {
  readonly #session = new Session();
  readonly #places = branches.map(({ file, code }) => ({
    url: pathToFileURL(join(root, file)).href,
    at: placeOfCode(file, code),
  }));

  constructor() {
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** Since the last call. */
  take(): readonly number[] {
    let coverage: Coverage | undefined;
    // Sessions of this very thread answer at once.
    this.#session.post("Profiler.takePreciseCoverage", (error, found) => {
      if (error !== null) throw error;
      coverage = found;
    });
    const byUrl = new Map(coverage?.result.map(({ url, functions }) => [url, functions]));
    return this.#places.map(({ url, at }) => {
      if (at === undefined) return 0;
      const ranges = (byUrl.get(url) ?? []).flatMap((each) => each.ranges).filter((range) => isIn(at, range));
      const innermost = ranges.toSorted((one, other) => lengthOf(one) - lengthOf(other))[0];
      return innermost?.count ?? 0;
    });
  }
}

/**
 * Types are stripped in place: an offset in the source is one in what runs.
 * @returns undefined when the code stands there twice or never
 */
export function placeOfCode(file: string, code: string): number | undefined {
  const source = readFileSync(join(root, file), "utf8");
  const at = source.indexOf(code);
  return at === -1 || source.includes(code, at + 1) ? undefined : at;
}

function isIn(at: number, { startOffset, endOffset }: Range): boolean {
  return startOffset <= at && at < endOffset;
}

function lengthOf({ startOffset, endOffset }: Range): number {
  return endOffset - startOffset;
}
