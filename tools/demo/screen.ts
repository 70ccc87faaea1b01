/** How the demo looks while it runs: a live table on a terminal, elsewhere a line for each act. */

import logUpdate from "log-update";
import { formatBytes, formatCount } from "../cli/quantities.ts";
import { formatTable, type Tone, toned } from "../cli/table.ts";
import type { Sighting } from "./observer.ts";

export interface Screen {
  /** Something begins. */
  title(text: string): void;
  draw(sightings: readonly Sighting[]): void;
  /** Leaves what is there and goes on below. */
  close(): void;
}

export const noScreen: Screen = { title: () => {}, draw: () => {}, close: () => {} };

export function plainScreen(): Screen {
  const startMs = performance.now();
  return { ...noScreen, title: (text) => console.log(`${seconds(performance.now() - startMs)}  ${text}`) };
}

export function liveScreen(): Screen {
  const startMs = performance.now();
  const past: string[] = [];
  let now = "";
  const draw = (sightings: readonly Sighting[]): void => {
    const clock = toned("faint", seconds(performance.now() - startMs));
    const table = sightings.length === 0 ? [] : [viewSightings(sightings), ""];
    logUpdate([...past, toned("strong", now), "", ...table, clock].join("\n"));
  };
  return {
    title: (text) => {
      if (now !== "") past.push(toned("faint", now));
      now = `${seconds(performance.now() - startMs)}  ${text}`;
      if (past.length === 0) draw([]);
    },
    draw,
    close: () => logUpdate.done(),
  };
}

const toneOf: Readonly<Record<Sighting["state"], Tone>> = {
  starting: "faint",
  scanning: "busy",
  syncing: "busy",
  idle: "good",
  killed: "bad",
};

function viewSightings(sightings: readonly Sighting[]): string {
  const columns = [
    { title: "PEER" },
    { title: "STATE   " },
    { title: "" },
    { title: "FILES", align: "right" },
    { title: "MISSING", align: "right" },
    { title: "     RATE", align: "right" },
    { title: " FETCHED", align: "right" },
  ] as const;
  return formatTable(
    columns,
    sightings.map(({ place, state, files, missingFiles, bytesPerSecond, bytesFetched }) => [
      place,
      toned(toneOf[state], state),
      bar(files, missingFiles),
      formatCount(files),
      missingFiles === 0 ? "" : formatCount(missingFiles),
      bytesPerSecond < 1 ? "" : `${formatBytes(bytesPerSecond)}/s`,
      formatBytes(bytesFetched),
    ]),
  );
}

const barLength = 24;

function bar(files: number, missingFiles: number): string {
  const known = files + missingFiles;
  // The last piece only when nothing is missing.
  const full = known === 0 ? 0 : Math.floor((barLength * files) / known);
  return `${toned("good", "█".repeat(full))}${toned("faint", "░".repeat(barLength - full))}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1).padStart(6)} s`;
}
