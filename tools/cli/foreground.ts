/**
 * A program that runs until it is told to end.
 *
 * The first SIGTERM or SIGINT asks it to finish, and a deadline sees to it that it does: whatever
 * it cannot finish by then is abandoned, which every part of a peer survives as it survives a
 * crash. A second signal ends it at once. An error that nobody caught is a bug: it is logged as
 * one line and ends the process, since nothing that follows could be relied on.
 */

import type { Log } from "../../node/ports.ts";

/** Service managers and people wait 5 s; the rest is for writing the last lines. */
const stopMs = 4_500;
/** "Internal software error" of sysexits.h. */
const crashExitCode = 70;
const signalNumbers = { SIGINT: 2, SIGTERM: 15 } as const;

interface Stoppable {
  stop(): Promise<void>;
}

/**
 * Never returns once `start` has resolved: the process ends.
 * @throws what `start` throws
 */
export async function runInForeground(log: Log, start: () => Promise<Stoppable>): Promise<never> {
  process.on("uncaughtException", (error, origin) => {
    log.write("error", "process-crashed", { origin, why: error.stack ?? error.message });
    process.exit(crashExitCode);
  });
  const starting = start();
  const signalled = new Promise<NodeJS.Signals>((resolve) => {
    let isStopping = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        if (isStopping) process.exit(128 + signalNumbers[signal]);
        isStopping = true;
        resolve(signal);
      });
    }
  });
  const signal = await Promise.race([signalled, starting.then(() => signalled)]);
  log.write("info", "peer-stopping", { signal });
  setTimeout(() => {
    log.write("warn", "peer-abandoned", { why: `what was under way did not end within ${stopMs} ms` });
    process.exit(0);
  }, stopMs);
  await (await starting).stop();
  log.write("info", "peer-stopped");
  // A socket or timer that somebody forgot must not hold the process up.
  process.exit(0);
}
