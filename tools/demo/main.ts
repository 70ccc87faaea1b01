/**
 * The demo: six peers on this machine keep a real tree identical, while files are edited, renamed
 * and deleted and one peer is killed.
 *
 *   main.ts [--once] [--json]   --once: no live table; --json: one line of JSON and nothing else
 *
 * Exit code 0 only if all trees are identical in the end; 64 for other options.
 */

import { Observer } from "./observer.ts";
import { makeReport, viewReport } from "./report.ts";
import { liveScreen, noScreen, plainScreen, type Screen } from "./screen.ts";
import { play } from "./script.ts";
import { Stage } from "./stage.ts";

interface Options {
  readonly once: boolean;
  readonly json: boolean;
}

async function main({ once, json }: Options): Promise<boolean> {
  const startMs = performance.now();
  const screen = json ? noScreen : once || !process.stdout.isTTY ? plainScreen() : liveScreen();
  // The stage clears itself when the process exits.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      screen.close();
      process.exit(1);
    });
  }
  screen.title("a site is made: its authority, six licenses, a policy");
  const stage = await Stage.raise();
  try {
    return await perform(stage, screen, startMs, json);
  } finally {
    screen.close();
    await stage.close();
  }
}

async function perform(stage: Stage, screen: Screen, startMs: number, json: boolean): Promise<boolean> {
  const observer: Observer = new Observer(stage.actors, () => screen.draw(observer.sightings()));
  observer.start();
  try {
    const played = await play({ stage, observer, tell: (title) => screen.title(title) });
    screen.draw(observer.sightings());
    screen.close();
    const report = makeReport(played, observer.sightings(), performance.now() - startMs);
    console.log(json ? JSON.stringify(report) : `\n${viewReport(report)}`);
    return report.identical;
  } finally {
    observer.stop();
  }
}

const words = process.argv.slice(2);
const stranger = words.find((word) => word !== "--once" && word !== "--json");
if (stranger !== undefined) {
  console.error(`${stranger} is none of --once, --json`);
  process.exitCode = 64;
} else {
  try {
    const isIdentical = await main({ once: words.includes("--once"), json: words.includes("--json") });
    process.exitCode = isIdentical ? 0 : 1;
  } catch (error) {
    console.error(`the demo failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
