/** The few figures that describe a handful of measurements. */

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function summarize(values: readonly number[]): Summary {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** The middle value, or the mean of the two in the middle. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  const lower = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** Nearest rank: the least value that at least this percentage of all values does not exceed. NaN of nothing. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/**
 * How many times a peer's figure one's own is: the median of the ratios within each round. The two of a
 * round ran right after each other, so what the machine was busy with falls out better than from a
 * ratio of medians. Rounds that only one of them finished count nothing.
 */
export function medianRatio(own: ReadonlyMap<number, number>, peers: ReadonlyMap<number, number>): number {
  const ratios = [...own].flatMap(([round, value]) => {
    const peer = peers.get(round);
    return peer === undefined ? [] : [value / peer];
  });
  return median(ratios);
}
