/**
 * Many calls at once, but not too many: the platform's calls wait in line for a few threads, and
 * a queue much longer than they can take only makes all others wait behind it.
 */

const atOnce = 32;

/** Does `act` with each, some at a time. At the first error no further one is begun, and it is thrown. */
export async function eachOf<Item>(
  items: readonly Item[],
  act: (item: Item, at: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (!failed && next < items.length) {
      const at = next;
      next += 1;
      const item = items[at];
      if (item === undefined) continue;
      try {
        await act(item, at);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  // All are waited for: the caller may let go of what they use once this settles.
  const settled = await Promise.allSettled(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  for (const outcome of settled) if (outcome.status === "rejected") throw outcome.reason;
}
