/** Tables without lines: columns two spaces apart, numbers to the right. Colour where the terminal wants it. */

import { styleText } from "node:util";
import CliTable from "cli-table3";

export interface Column {
  readonly title: string;
  /** "left" when left out. */
  readonly align?: "left" | "right";
}

export type Tone = "good" | "busy" | "bad" | "faint" | "strong";

const styles = { good: "green", busy: "yellow", bad: "red", faint: "dim", strong: "bold" } as const;

/** Plain where output is no terminal, or NO_COLOR is set. */
export function toned(tone: Tone, text: string): string {
  return styleText(styles[tone], text, { stream: process.stdout });
}

/** @param rows cells for each column; colours do not count in their width */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[], indent = ""): string {
  const table = new CliTable({
    chars: noLines,
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 2 },
    colAligns: columns.map(({ align = "left" }) => align),
  });
  table.push(
    columns.map(({ title }) => toned("faint", title)),
    ...rows.map((row) => [...row]),
  );
  return table
    .toString()
    .split("\n")
    .map((line) => `${indent}${line.trimEnd()}`)
    .join("\n");
}

const noLines = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};
