/** Whether a program has said something in its log by now. */

import { readFile } from "node:fs/promises";

export async function logged(path: string, words: RegExp): Promise<boolean> {
  return words.test(await readFile(path, "utf8").catch(() => ""));
}
