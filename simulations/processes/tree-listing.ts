/**
 * What stands in a folder, found out by other programs than ours: find and sha256sum.
 *
 * One line for each path: kind, permission bits, time and hash of a file, target of a symlink.
 * Two trees are identical when their listings are.
 */

import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const outputBytesMax = 1024 * 1024 * 1024;

/** Sorted lines, the same for equal trees wherever they stand. */
export async function listTree(root: string): Promise<readonly string[]> {
  const [files, hashes] = await Promise.all([listPaths(root), listHashes(root)]);
  const lines = files.map((line) => {
    const [kind = "", mode = "", time = "", target = "", path = ""] = line.split("\t");
    if (kind === "f") return `${path}\tfile ${mode} ${microseconds(time)} ${hashes.get(path) ?? "unread"}`;
    return kind === "l" ? `${path}\tsymlink ${target}` : `${path}\t${kind} ${mode}`;
  });
  return lines.toSorted();
}

/** Lines that only one of two listings has, marked `-` and `+`. */
export function compareListings(one: readonly string[], other: readonly string[]): readonly string[] {
  const [inOne, inOther] = [new Set(one), new Set(other)];
  return [
    ...one.filter((line) => !inOther.has(line)).map((line) => `- ${line}`),
    ...other.filter((line) => !inOne.has(line)).map((line) => `+ ${line}`),
  ];
}

async function listPaths(root: string): Promise<readonly string[]> {
  const format = "%y\\t%m\\t%T@\\t%l\\t%P\\0";
  const { stdout } = await run(
    "find",
    [root, "-ignore_readdir_race", "-mindepth", "1", "-path", `${root}/.cdmesh`, "-prune", "-o", "-printf", format],
    {
      maxBuffer: outputBytesMax,
    },
  );
  return stdout.split("\0").filter((line) => line !== "" && !line.startsWith(".cdmesh"));
}

/** Hashes of what the peer keeps of replaced and removed files. */
export async function listKept(root: string): Promise<ReadonlySet<string>> {
  const kept = await hashFiles(root, "if [ -d .cdmesh/versions ]; then find .cdmesh/versions -type f -print0; fi");
  return new Set(kept.values());
}

function listHashes(root: string): Promise<ReadonlyMap<string, string>> {
  return hashFiles(root, "find . -path ./.cdmesh -prune -o -type f -print0");
}

/** @param find prints paths, each with a zero byte behind it. What goes meanwhile is left out. */
async function hashFiles(root: string, find: string): Promise<ReadonlyMap<string, string>> {
  const script = `{ ${find}; } 2>/dev/null | xargs -0 -r sha256sum -z -- 2>/dev/null || true`;
  const { stdout } = await run("sh", ["-c", script], { cwd: root, maxBuffer: outputBytesMax });
  const hashes = new Map<string, string>();
  for (const line of stdout.split("\0")) if (line !== "") hashes.set(line.slice(68), line.slice(0, 64));
  return hashes;
}

/** `find` prints seconds with ten digits behind the point; the mesh carries microseconds, rounded. */
function microseconds(seconds: string): string {
  const [whole = "0", fraction = ""] = seconds.split(".");
  const nanoseconds = BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0").slice(0, 9));
  return String((nanoseconds + 500n) / 1_000n);
}
