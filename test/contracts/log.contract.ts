/** What every Log keeps, the one on stderr and the one in memory. */

import assert from "node:assert/strict";
import test from "node:test";
import type { Log } from "../../node/ports.ts";

export interface WrittenLine {
  readonly level: string;
  readonly event: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface LogUnderTest {
  readonly log: Log;
  /** All lines, oldest first; called once, at the end. */
  readonly lines: () => Promise<readonly WrittenLine[]>;
}

/** @param make a log that writes every level */
export function logContract(name: string, make: () => LogUnderTest): void {
  test(`${name}: a line has its level, its event and its facts`, async () => {
    const { log, lines } = make();
    log.write("debug", "round-started");
    log.write("info", "file-pulled", { path: "가/b.txt", bytes: 12, first: true, sources: ["a", "b"] });
    log.write("warn", "peer-refused", { detail: undefined });
    log.write("error", "disk-failed", { code: "EIO" });
    assert.deepEqual(await lines(), [
      { level: "debug", event: "round-started", facts: {} },
      { level: "info", event: "file-pulled", facts: { path: "가/b.txt", bytes: 12, first: true, sources: ["a", "b"] } },
      { level: "warn", event: "peer-refused", facts: {} },
      { level: "error", event: "disk-failed", facts: { code: "EIO" } },
    ]);
  });

  test(`${name}: facts given with "with" stand on every line, and a line's own facts win`, async () => {
    const { log, lines } = make();
    const folderLog = log.with({ folder: "press", peer: "unknown" });
    folderLog.write("info", "scan-finished", { files: 3 });
    folderLog.with({ round: 2 }).write("info", "delta-applied", { peer: "near" });
    log.write("info", "stopped");
    assert.deepEqual(
      (await lines()).map(({ facts }) => facts),
      [{ folder: "press", peer: "unknown", files: 3 }, { folder: "press", peer: "near", round: 2 }, {}],
    );
  });

  test(`${name}: a name from outside stays one line and one fact`, async () => {
    const { log, lines } = make();
    const path = 'a\n{"level":"error","event":"forged"}\u2028\u0000"\\';
    log.write("info", "file-pulled", { path });
    assert.deepEqual(await lines(), [{ level: "info", event: "file-pulled", facts: { path } }]);
  });
}
