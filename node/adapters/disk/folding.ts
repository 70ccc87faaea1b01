/**
 * Which names a file system does not tell apart, found out by trying: a directory is made by one
 * spelling and looked for by others. It is a property of the volume, and of some directories, not
 * of the platform.
 */

import type { NameFolding } from "../../../protocol/folder/fold.ts";
import * as calls from "./calls.ts";
import { codeOf } from "./failures.ts";

/** With a letter that has two Unicode forms. */
const probe = "probe-\u00e9";

/** @param place where the probe may be made for a moment */
export async function foldingIn(place: string): Promise<NameFolding | undefined> {
  try {
    await calls.mkdirCall(`${place}/${probe}`, 0o700);
  } catch (error) {
    // One that an earlier process left serves as well. On a full disk, what stands there tells of case at least.
    if (codeOf(error) !== "EEXIST")
      return (await isThere(`${place}/STAGING`)) ? { case: true, normalization: true } : undefined;
  }
  try {
    const folding = {
      case: await isThere(`${place}/${probe.toUpperCase()}`),
      normalization: await isThere(`${place}/${probe.normalize("NFD")}`),
    };
    return folding.case || folding.normalization ? folding : undefined;
  } finally {
    await calls.rmdirCall(`${place}/${probe}`);
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await calls.lstatCall(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}
