/**
 * Two calls of Linux that Node does not have and that users' programs make: a rename that takes no
 * other's place (`mv --no-clobber`), and times set to the nanosecond (`touch --reference`).
 *
 * Both are called at once, on this thread: what a user saw must be as near as can be to what he does.
 */

import koffi from "koffi";

const library = koffi.load(null);
const renameat2: (from: number, one: string, to: number, other: string, flags: number) => number = library.func(
  "renameat2",
  "int",
  ["int", "str", "int", "str", "uint"],
);
const futimens: (descriptor: number, times: BigInt64Array) => number = library.func("futimens", "int", [
  "int",
  "int64 *",
]);

const currentDirectory = -100;
const noReplaceFlag = 1;

/** @returns false when something has the new name. @throws when the old one is not there, or the new one cannot be */
export function renameToFree(from: string, to: string): boolean {
  if (renameat2(currentDirectory, from, currentDirectory, to, noReplaceFlag) === 0) return true;
  const code = lastCode();
  if (code === "EEXIST") return false;
  throw Object.assign(new Error(`renameat2: ${code}, ${from} -> ${to}`), { code });
}

/** Sets a file's time of modification, to the nanosecond. */
export function setModified(descriptor: number, mtimeNs: bigint): void {
  const [seconds, rest] = [mtimeNs / 1_000_000_000n, mtimeNs % 1_000_000_000n];
  if (futimens(descriptor, BigInt64Array.of(seconds, rest, seconds, rest)) !== 0) {
    throw new Error(`futimens: ${lastCode()}`);
  }
}

function lastCode(): string {
  const number = koffi.errno();
  return Object.entries(koffi.os.errno).find(([, value]) => value === number)?.[0] ?? `errno ${number}`;
}
