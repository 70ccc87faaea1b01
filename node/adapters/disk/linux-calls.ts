/**
 * The two calls of Linux that Node does not have: swapping two names in one step, and flushing one
 * file system. Both are optional: without koffi, or on a kernel or file system without the call,
 * the disk answers false and its callers take the longer way (FORMATS 20).
 */

import { release } from "node:os";
import type { KoffiFunc } from "koffi";

export interface LinuxCalls {
  /** False when kernel or file system cannot. @throws an error with the platform's code */
  readonly exchange: (one: string, other: string) => Promise<boolean>;
  /** False when the kernel cannot, or would not tell of lost writes. @throws when writes were lost */
  readonly syncFileSystem: (descriptor: number) => Promise<boolean>;
}

type Rename = KoffiFunc<
  (oneDirectory: number, one: string, otherDirectory: number, other: string, flags: number) => number
>;
type Sync = KoffiFunc<(descriptor: number) => number>;

/** Undefined where they cannot be had. */
export async function loadLinuxCalls(): Promise<LinuxCalls | undefined> {
  if (process.platform !== "linux") return undefined;
  try {
    const { default: koffi } = await import("koffi");
    const library = koffi.load(null);
    const rename: Rename = library.func("renameat2", "int", ["int", "str", "int", "str", "uint"]);
    const sync: Sync = library.func("syncfs", "int", ["int"]);
    const codeOfNumber = new Map(Object.entries(koffi.os.errno).map(([code, number]) => [number, code]));
    return {
      exchange: (one, other) => exchange(rename, () => codeOfNumber.get(koffi.errno()) ?? "EIO", one, other),
      syncFileSystem: (descriptor) => syncFileSystem(sync, descriptor),
    };
  } catch {
    // No prebuilt koffi for this machine, or a C library without these functions.
    return undefined;
  }
}

const currentDirectory = -100;
const exchangeFlag = 2;
const codesOfNoSuchCall: ReadonlySet<string> = new Set(["ENOSYS", "EINVAL", "EOPNOTSUPP"]);

async function exchange(rename: Rename, lastCode: () => string, one: string, other: string): Promise<boolean> {
  const answer = await new Promise<number>((resolve, reject) => {
    rename.async(
      currentDirectory,
      one,
      currentDirectory,
      other,
      exchangeFlag,
      (error: Error | null, result: number) => {
        if (error === null) resolve(result);
        else reject(error);
      },
    );
  });
  if (answer === 0) return true;
  // The worker thread kept the reason to itself. A failed exchange has changed nothing, so asking
  // once more from here tells why; should it work now, it has worked.
  if (rename(currentDirectory, one, currentDirectory, other, exchangeFlag) === 0) return true;
  const code = lastCode();
  if (codesOfNoSuchCall.has(code)) return false;
  throw Object.assign(new Error(`renameat2: ${code}`), { code });
}

async function syncFileSystem(sync: Sync, descriptor: number): Promise<boolean> {
  if (!syncfsTellsOfErrors()) return false;
  const answer = await new Promise<number>((resolve, reject) => {
    sync.async(descriptor, (error: Error | null, result: number) => {
      if (error === null) resolve(result);
      else reject(error);
    });
  });
  // The reason (EIO, ENOSPC, EDQUOT) stays in the worker thread; asking again would hide the loss.
  if (answer !== 0) throw Object.assign(new Error("syncfs failed"), { code: "EIO" });
  return true;
}

/** Before Linux 5.8 syncfs answers zero even when writes were lost, which S9 cannot live with. */
function syncfsTellsOfErrors(): boolean {
  const [major = 0, minor = 0] = release().split(".").map(Number);
  return major > 5 || (major === 5 && minor >= 8);
}
