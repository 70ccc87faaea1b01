/** What arrived where and how fast: as a table, and as JSON for programs. */

import { counted, formatBytes, visible } from "../cli/quantities.ts";
import { formatTable, toned } from "../cli/table.ts";
import type { Sighting } from "./observer.ts";
import type { Act, Played } from "./script.ts";

export interface Report {
  /** All trees, as find and sha256sum see them. */
  readonly identical: boolean;
  readonly files: number;
  readonly bytes: number;
  /** Of the whole demo. */
  readonly seconds: number;
  readonly acts: readonly { readonly name: Act["name"]; readonly title: string }[];
  readonly peers: readonly PeerLine[];
}

interface PeerLine {
  readonly peer: string;
  /** Until each act was whole there. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly bytesFetched: number;
  readonly memoryPeakBytes: number;
  readonly differences: number;
  readonly firstDifferences: readonly string[];
}

const differencesShown = 10;

export function makeReport(played: Played, sightings: readonly Sighting[], ms: number): Report {
  const { acts, files, bytes, differences } = played;
  return {
    identical: [...differences.values()].every((lines) => lines.length === 0),
    files,
    bytes,
    seconds: rounded(ms),
    acts: acts.map(({ name, title }) => ({ name, title })),
    peers: sightings.map(({ place, bytesFetched, memoryPeakBytes }) => {
      const lines = differences.get(place) ?? [];
      return {
        peer: place,
        seconds: Object.fromEntries(acts.map(({ name, arrivedMs }) => [name, rounded(arrivedMs.get(place) ?? 0)])),
        bytesFetched,
        memoryPeakBytes,
        differences: lines.length,
        firstDifferences: lines.slice(0, differencesShown),
      };
    }),
  };
}

export function viewReport({ identical, files, bytes, seconds, acts, peers }: Report): string {
  const columns = [
    { title: "PEER" },
    ...acts.map(({ name }) => ({ title: name.toUpperCase(), align: "right" as const })),
    { title: "FETCHED", align: "right" as const },
    { title: "MEMORY", align: "right" as const },
    { title: "TREE" },
  ];
  const rows = peers.map((line) => [
    line.peer,
    ...acts.map(({ name }) => `${line.seconds[name]?.toFixed(1)} s`),
    formatBytes(line.bytesFetched),
    line.memoryPeakBytes === 0 ? "" : formatBytes(line.memoryPeakBytes),
    line.differences === 0 ? toned("good", "identical") : toned("bad", counted(line.differences, "difference")),
  ]);
  const differences = peers.flatMap(({ peer, firstDifferences }) =>
    firstDifferences.map((line) => `  ${peer}: ${visible(line.replaceAll("\t", "  "))}`),
  );
  const conclusion = identical
    ? toned(
        "good",
        `identical: ${peers.length} trees of ${counted(files, "file")}, ${formatBytes(bytes)}, in ${seconds} s`,
      )
    : toned("bad", "DIFFERENT: not all trees are identical");
  return [
    "How long until it was whole there:",
    ...acts.map(({ name, title }) => `  ${name.toUpperCase().padEnd(7)} ${title}`),
    "",
    formatTable(columns, rows),
    ...differences,
    "",
    conclusion,
  ].join("\n");
}

function rounded(ms: number): number {
  return Math.round(ms / 100) / 10;
}
