/**
 * The gate: whether an item may be carried out on this peer now.
 *
 * Everything that holds content back (modes, schedules, the mass-delete brake) is decided here and
 * nowhere else. Records always flow; what the gate holds back stays on the wanted list and counts
 * as held back. No rule holds anything back yet.
 */

import type { FolderId } from "../../protocol/ids.ts";
import type { Item } from "./items.ts";

export type GateAnswer = "open" | "held-back";

export function gate(_folder: FolderId, _item: Item): GateAnswer {
  return "open";
}
