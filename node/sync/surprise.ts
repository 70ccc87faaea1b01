import type { EntryPath } from "../../protocol/folder/path.ts";

/** The disk is not as it was held. */
export class SurpriseError extends Error {
  constructor(path: EntryPath) {
    super(`${path} is not as it was held`);
    this.name = "SurpriseError";
  }
}
