/** Waits for all of some work, also when a part of it fails: what they share may go only after that. */

/** @throws what the first one in the list that failed threw, once none is under way any more */
export async function allOf<Result>(works: readonly Promise<Result>[]): Promise<readonly Result[]> {
  const settled = await Promise.allSettled(works);
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}
