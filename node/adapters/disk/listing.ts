/**
 * One directory's names with what lstat says of each. Whole or an error: a listing that left
 * something out would look like a delete (S5).
 */

import type { ListedName } from "../../ports.ts";
import { eachOf } from "./bounded.ts";
import { lstatCall, readdirCall } from "./calls.ts";
import { codeOf } from "./failures.ts";
import { statOf } from "./stats.ts";
import { textOf } from "./text.ts";

/** @param place the directory's path for the platform */
export async function listDirectory(place: string): Promise<readonly ListedName[]> {
  const names = await readdirCall(place);
  const prefix = Buffer.from(`${place}/`);
  const listed = new Array<ListedName | undefined>(names.length);
  await eachOf(names, async (bytes, at) => {
    const name = textOf(bytes);
    try {
      const stats = await lstatCall(name === undefined ? Buffer.concat([prefix, bytes]) : `${place}/${name}`);
      listed[at] = { name, bytes, stat: statOf(stats) };
    } catch (error) {
      // Gone since its name was read. Anything else makes the listing fail as a whole.
      if (codeOf(error) !== "ENOENT") throw error;
    }
  });
  return listed.filter((one) => one !== undefined);
}
