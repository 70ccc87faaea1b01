/** Items that are ready to be carried out together, with one set of flushes. */

import type { AttributesItem, RemoveItem } from "./items.ts";
import type { ReadyPlace } from "./stager.ts";

export interface CommitGroup {
  readonly places: readonly ReadyPlace[];
  readonly attributes: readonly AttributesItem[];
  readonly removes: readonly RemoveItem[];
}
