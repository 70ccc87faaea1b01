/**
 * The seed list: a file with one multiaddr a line, `#` for comments.
 *
 * Any one seed is enough to find the mesh, so the list may be the same file on every server. A
 * mistake in it is told with its line number, all mistakes at once.
 */

import { limits } from "../limits.ts";
import { type AddressedPeer, readAddress } from "./address.ts";

export interface SeedProblem {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  readonly problem: string;
}

export interface SeedList {
  /** In the order of the file, each once. */
  readonly seeds: readonly AddressedPeer[];
  readonly problems: readonly SeedProblem[];
}

export function parseSeeds(text: string): SeedList {
  const seeds = new Map<string, AddressedPeer>();
  const problems: SeedProblem[] = [];
  for (const [at, raw] of text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    // No address has a space or a `#`, so a comment may also stand behind one.
    const line = (raw.split("#", 1)[0] ?? "").trim();
    if (line === "") continue;
    const read = readAddress(line);
    if ("problem" in read) problems.push({ line: at + 1, text: line, problem: read.problem });
    else if (seeds.size === limits.seedsMax && !seeds.has(line)) {
      problems.push({ line: at + 1, text: line, problem: `a list has at most ${limits.seedsMax} seeds` });
    } else seeds.set(line, read);
  }
  return { seeds: [...seeds.values()], problems };
}

/** One problem as a line for a terminal: `seeds.txt:3: "/ip4/1.2.3/tcp/1": "1.2.3" is no IPv4 address`. */
export function describeSeedProblem(file: string, problem: SeedProblem): string {
  return `${file}:${problem.line}: "${problem.text}": ${problem.problem}`;
}
