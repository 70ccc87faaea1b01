/** What crossed a wire, from the counters of its interfaces. */

import { z } from "zod";

/** In bytes, headers of the link included. */
export interface Traffic {
  /** By place: what it put on its own link. */
  readonly sent: Readonly<Record<string, number>>;
  /** By region: what came into it over the border. */
  readonly entered: Readonly<Record<string, number>>;
}

export function trafficBetween(before: Traffic, after: Traffic): Traffic {
  const rise = (earlier: Traffic["sent"], later: Traffic["sent"]) =>
    Object.fromEntries(Object.entries(later).map(([name, bytes]) => [name, bytes - (earlier[name] ?? 0)]));
  return { sent: rise(before.sent, after.sent), entered: rise(before.entered, after.entered) };
}

/** By all places together; NaN where it cannot be told. */
export function sentBytes(traffic: Traffic | undefined): number {
  if (traffic === undefined) return Number.NaN;
  return Object.values(traffic.sent).reduce((sum, bytes) => sum + bytes, 0);
}

const counted = z.object({ bytes: z.number() });
const linkStatistics = z.tuple([z.object({ stats64: z.object({ rx: counted, tx: counted }) })]);

/** From the text of `ip -s -j link show dev NAME`. */
export function linkBytes(text: string): { readonly received: number; readonly sent: number } {
  const [{ stats64 }] = linkStatistics.parse(JSON.parse(text));
  return { received: stats64.rx.bytes, sent: stats64.tx.bytes };
}
