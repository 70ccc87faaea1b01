/** cdmesh status: peers, folders, what is missing, what is moving, why somebody is behind. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import logUpdate from "log-update";
import type { Status } from "../../../node/control/control.ts";
import { askStatus, ControlError } from "../control-client.ts";
import { addCommand } from "../frame.ts";
import { flag, required } from "../options.ts";
import type { Output } from "../output.ts";
import { type Rates, summarizeStatus, viewStatus } from "../status-view.ts";
import { toned } from "../table.ts";

const refreshMs = 1_000;

export function registerStatus(program: Command): void {
  addCommand(program, {
    name: "status",
    summary: "show peers, folders, what is missing and what is moving",
    about:
      "With --watch it goes on until it is interrupted: redrawn on a terminal, elsewhere one line for each change, " +
      "with --json one line of JSON a second.",
    examples: ["cdmesh status --data /var/lib/cdmesh", "cdmesh status --data /var/lib/cdmesh --watch"],
    options: {
      data: required("--data <directory>", "the directory of a peer that runs on this server"),
      watch: flag("--watch", "keep watching"),
    },
    async run({ data, watch }, output) {
      if (watch) return await watchStatus(data, output);
      const status = await askStatus(data);
      output.result({ ...status }, viewStatus(status));
      return undefined;
    },
  });
}

/** @throws ControlError for what does not pass by itself */
async function watchStatus(data: string, output: Output): Promise<never> {
  const show = screenFor(output);
  process.on("SIGINT", () => {
    // Leaves the last picture, and the cursor that was hidden meanwhile.
    logUpdate.done();
    process.exit(0);
  });
  for (;;) {
    show(await statusOrTrouble(data));
    await sleep(refreshMs);
  }
}

/** A peer that is not there now may be started next. */
async function statusOrTrouble(data: string): Promise<Status | ControlError> {
  try {
    return await askStatus(data);
  } catch (error) {
    if (error instanceof ControlError && ["not-running", "no-answer"].includes(error.failure)) return error;
    throw error;
  }
}

type Screen = (seen: Status | ControlError) => void;

function screenFor(output: Output): Screen {
  if (output.isJson) return (seen) => output.result(seen instanceof ControlError ? errorJson(seen) : { ...seen }, "");
  return process.stdout.isTTY ? redrawn() : lines(output);
}

function errorJson({ failure, message }: ControlError): Readonly<Record<string, unknown>> {
  return { error: { what: message, failure } };
}

function redrawn(): Screen {
  let before: Status | undefined;
  let rates: Rates = new Map();
  return (seen) => {
    if (seen instanceof ControlError) {
      logUpdate(toned("bad", seen.message));
      before = undefined;
      return;
    }
    // Statuses bear whole seconds: two of one second tell no rate.
    if (before === undefined || before.at !== seen.at) [rates, before] = [ratesBetween(before, seen), seen];
    logUpdate(viewStatus(seen, rates));
  };
}

function lines(output: Output): Screen {
  let last = "";
  return (seen) => {
    const said = seen instanceof ControlError ? seen.message : summarizeStatus(seen);
    if (said !== last) output.result({}, `${seen instanceof ControlError ? "-" : seen.at}  ${said}`);
    last = said;
  };
}

function ratesBetween(before: Status | undefined, now: Status): Rates {
  if (before === undefined || before.startedAt !== now.startedAt) return new Map();
  const seconds = (Date.parse(now.at) - Date.parse(before.at)) / 1_000;
  const fetchedBefore = new Map(before.folders.map(({ id, bytesFetched }) => [id, bytesFetched]));
  return new Map(
    now.folders.map(({ id, bytesFetched }) => [id, (bytesFetched - (fetchedBefore.get(id) ?? bytesFetched)) / seconds]),
  );
}
