/** Who takes part in a workload, where they stand, and how fast what joins them is. */

/** Where one end of a run stands, in the words of cdmesh's licenses; to other programs it says nothing. */
export interface Position {
  readonly name: string;
  readonly region: string;
  readonly group: string;
}

export interface Layout {
  /** The source first. */
  readonly positions: readonly Position[];
  /** Of each one's own link, each way. Without it the link is as fast as the machine. */
  readonly linkMbit?: number;
  /** What joins the two regions that there are then. */
  readonly border?: Border;
}

export interface Border {
  /** Each way. */
  readonly mbit: number;
  /** One way, so a round trip takes twice as long. */
  readonly delayMs: number;
}

export const sourceName = "source";

/** One source and its targets side by side. */
export function neighbours(targets: number): Layout {
  const names = targets === 1 ? ["target"] : Array.from({ length: targets }, (_, at) => `target-${at + 1}`);
  return { positions: [sourceName, ...names].map((name) => ({ name, region: "here", group: "bench" })) };
}
