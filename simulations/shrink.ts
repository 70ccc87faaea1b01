/**
 * Makes a failing run small: leaves out as much of what was drawn as it can while the same promise
 * still breaks. What is left is the story to read.
 *
 * First large parts, then smaller ones, then single labels (ddmin [Zeller, Hildebrandt 2002]).
 * Leaving one out shifts no other, for each is drawn from a chance of its own.
 */

/** @param breaks whether the run without these labels still breaks the promise @returns the labels to leave out */
export async function shrink(
  labels: readonly string[],
  breaks: (dropped: ReadonlySet<string>) => Promise<boolean>,
  triesMax: number,
): Promise<readonly string[]> {
  let dropped: ReadonlySet<string> = new Set();
  let left = [...labels];
  let tries = 0;
  let size = Math.ceil(left.length / 2);
  while (size >= 1 && left.length > 0) {
    let hasShrunk = false;
    for (let at = 0; at < left.length; ) {
      const part = left.slice(at, at + size);
      const without = new Set([...dropped, ...part]);
      tries += 1;
      if (tries > triesMax) return [...dropped];
      if (await breaks(without)) {
        dropped = without;
        left = left.filter((label) => !without.has(label));
        hasShrunk = true;
      } else at += size;
    }
    if (size === 1 && !hasShrunk) break;
    size = size === 1 ? 1 : Math.ceil(size / 2);
  }
  return [...dropped];
}
