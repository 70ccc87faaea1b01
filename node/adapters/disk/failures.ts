/** From the platform's error codes to the cases that callers of the disk tell apart. */

import { DiskError, type DiskFailure } from "../../ports.ts";

const failureOfCode: Readonly<Record<string, DiskFailure>> = {
  ENOENT: "missing",
  EEXIST: "exists",
  ENOTEMPTY: "exists",
  ENOTDIR: "not-a-directory",
  // With O_NOFOLLOW: a symlink where something else was expected.
  ELOOP: "not-a-directory",
  EISDIR: "is-a-directory",
  EACCES: "not-permitted",
  EPERM: "not-permitted",
  EROFS: "not-permitted",
  ENOSPC: "no-space",
  EDQUOT: "no-space",
  EINVAL: "name-impossible",
  ENAMETOOLONG: "name-impossible",
  EILSEQ: "name-impossible",
  EXDEV: "other-device",
};

/** What the platform's error means. An error without a code is a bug of ours and stays as it is. */
export function diskErrorOf(error: unknown, action: string, path: string): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const code = error instanceof DiskError ? undefined : codeOf(error);
  return code === undefined ? error : new DiskError(failureOfCode[code] ?? "failed", code, action, path);
}

/** The platform's name of an error, such as "ENOENT". */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const { code } = error;
  // Node's own complaints about arguments (ERR_...) are bugs of ours.
  return typeof code === "string" && !code.startsWith("ERR_") ? code : undefined;
}
