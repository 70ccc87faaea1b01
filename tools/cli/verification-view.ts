/** The answer to `verify` for a terminal: each copy, what differs in it, and one sentence that says it all. */

import {
  type CopyOutcome,
  type CopyVerification,
  describeDifference,
  type FolderVerification,
  type Verification,
} from "../../node/control/verifier.ts";
import { counted, formatCount, visible } from "./quantities.ts";
import { formatTable, type Tone, toned } from "./table.ts";

const toneOf: Readonly<Record<CopyOutcome, Tone>> = {
  identical: "good",
  behind: "busy",
  different: "bad",
  unreachable: "bad",
};
/** Of each copy; with --json all that the peer names. */
const differencesShown = 20;

export function viewVerification({ outcome, deep, folders }: Verification): string {
  if (folders.length === 0) return "no folders here: nothing to compare";
  return [...folders.map(viewFolder), conclusion(outcome, deep, folders)].join("\n\n");
}

function viewFolder(folder: FolderVerification): string {
  const { id, items, copies, ownDifferences, ownDifferenceCount } = folder;
  const lines = [`${toned("strong", id)}  ${counted(items, "item")} here`];
  if (ownDifferenceCount > 0) {
    lines.push(toned("bad", `  this peer's own disk differs in ${counted(ownDifferenceCount, "item")} from its index`));
    lines.push(...viewDifferences(ownDifferences, ownDifferenceCount));
  }
  if (copies.length === 0) return [...lines, "  no other peer holds it"].join("\n");
  const columns = [{ title: "COPY" }, { title: "OUTCOME" }, { title: "" }];
  const sorted = copies.toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
  lines.push(formatTable(columns, sorted.map(rowOf), "  "));
  for (const copy of sorted) {
    if (copy.differenceCount === 0) continue;
    lines.push(`  ${placeOf(copy)}`, ...viewDifferences(copy.differences, copy.differenceCount));
  }
  return lines.join("\n");
}

function rowOf(copy: CopyVerification): readonly string[] {
  const { outcome, why, differenceCount } = copy;
  const facts = [
    ...(why === "" ? [] : [visible(why)]),
    ...(differenceCount === 0 ? [] : [`${counted(differenceCount, "item")} not as here`]),
  ];
  return [placeOf(copy), toned(toneOf[outcome], outcome), facts.join("; ")];
}

function viewDifferences(differences: FolderVerification["ownDifferences"], count: number): readonly string[] {
  const shown = differences.slice(0, differencesShown);
  const lines = shown.map(({ path, difference }) => `    ${visible(path)} ${describeDifference(difference)}`);
  return count > shown.length ? [...lines, `    and ${formatCount(count - shown.length)} more`] : lines;
}

function placeOf({ region, group, server }: CopyVerification): string {
  return `${region}/${group}/${server}`;
}

function conclusion(outcome: CopyOutcome, deep: boolean, folders: readonly FolderVerification[]): string {
  const copies = folders.flatMap((folder) => folder.copies);
  const alike = copies.filter((copy) => copy.outcome === "identical").length;
  const how = deep ? "by what is on each disk" : "by what each peer's index says";
  switch (outcome) {
    case "identical":
      return toned("good", `identical: ${alike} of ${copies.length} other copies, ${how}`);
    case "different":
      return toned("bad", `DIFFERENT: ${alike} of ${copies.length} other copies are identical, ${how}`);
    case "behind":
      return toned("busy", `not yet: ${alike} of ${copies.length} other copies are identical; ask again later`);
    case "unreachable":
      return toned(
        "busy",
        `not known: ${alike} of ${copies.length} other copies are identical, the rest cannot be asked`,
      );
  }
}
