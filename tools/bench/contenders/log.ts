/** Whether a program has said something in its log by now. */

import { readFile } from "node:fs/promises";

/** At least so many lines of the log match. */
export async function logged(path: string, words: RegExp, lines = 1): Promise<boolean> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split("\n").filter((line) => words.test(line)).length >= lines;
}
