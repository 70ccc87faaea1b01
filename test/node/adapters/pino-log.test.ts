import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { PinoLog } from "../../../node/adapters/pino-log.ts";
import type { LogLevel } from "../../../node/ports.ts";
import { type WrittenLine, logContract } from "../../contracts/log.contract.ts";

const directory = mkdtempSync(join(tmpdir(), "cdmesh-log-"));
after(() => rmSync(directory, { recursive: true }));

interface LogFile {
  readonly log: PinoLog;
  /** What stands in the file now. */
  readonly written: () => readonly WrittenLine[];
  /** All that was ever logged; the log is closed then. */
  readonly text: () => Promise<string>;
  readonly lines: () => Promise<readonly WrittenLine[]>;
}

function openLogFile(level: LogLevel): LogFile {
  const path = join(mkdtempSync(join(directory, "case-")), "log");
  const log = PinoLog.open({ level, fileDescriptor: openSync(path, "a") });
  const text = async (): Promise<string> => {
    await log.close();
    return readFileSync(path, "utf8");
  };
  return {
    log,
    written: () => parseLines(readFileSync(path, "utf8")),
    text,
    lines: async () => parseLines(await text()),
  };
}

/** The last piece may be part of a line that is just being written. */
function parseLines(text: string): readonly WrittenLine[] {
  return text.split("\n").slice(0, -1).map(parseLine);
}

const lineSchema = z.looseObject({ level: z.string(), event: z.string(), time: z.iso.datetime({ precision: 3 }) });

function parseLine(line: string): WrittenLine {
  const { level, event, time: _, ...facts } = lineSchema.parse(JSON.parse(line));
  return { level, event, facts };
}

logContract("pino log", () => openLogFile("debug"));

test("lines below the level are not written", async () => {
  const { log, lines } = openLogFile("warn");
  for (const level of ["debug", "info", "warn", "error"] as const) log.write(level, "spoken");
  assert.deepEqual(
    (await lines()).map(({ level }) => level),
    ["warn", "error"],
  );
});

test("nothing secret is written, whoever logs it", async () => {
  const { log, text } = openLogFile("debug");
  const secret = "c2VjcmV0";
  const pem = `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`;
  const facts = { seed: secret, key: secret, adminPassword: secret, sessionToken: secret, Authorization: secret };
  log.write("info", "said", {
    ...facts,
    privateKey: secret,
    detail: `read ${pem}`,
    list: ["a", pem],
    seeds: "seeds.txt",
  });
  log.with({ signingKey: secret }).write("info", "said");
  const written = await text();
  assert.ok(!written.includes(secret));
  assert.equal(written.match(/"\[secret\]"/g)?.length, 9);
  assert.ok(written.includes("seeds.txt"));
});

test("a fact cannot pass for the line's own fields", async () => {
  const { log, text } = openLogFile("debug");
  log.write("info", "peer-refused", { event: "peer-up", level: "error", time: "never" });
  const written = await text();
  const facts = { event_: "peer-up", level_: "error", time_: "never" };
  assert.deepEqual(parseLines(written), [{ level: "info", event: "peer-refused", facts }]);
  assert.equal(written.match(/"event":/g)?.length, 1);
});

const countTo100 = `
  import { PinoLog } from ${JSON.stringify(import.meta.resolve("../../../node/adapters/pino-log.ts"))};
  const log = PinoLog.open({ level: "info" });
  for (let count = 0; count < 100; count += 1) log.write("info", "counted", { count });
`;

test("lines go to stderr and are there when the process ends by itself", () => {
  const child = spawnSync(process.execPath, ["--input-type=module", "--eval", countTo100], { encoding: "utf8" });
  assert.equal(child.status, 0);
  assert.equal(child.stdout, "");
  assert.equal(child.stderr.trim().split("\n").map(parseLine).length, 100);
});

test("lines are there when the process ends by a bug or by exit, and a full disk does not keep it from ending", () => {
  for (const ending of ["throw new Error('bug')", "process.exit(3)"]) {
    const child = spawnSync(process.execPath, ["--input-type=module", "--eval", countTo100 + ending], {
      encoding: "utf8",
    });
    const lines = child.stderr.split("\n").filter((line) => line.startsWith("{"));
    assert.equal(lines.map(parseLine).length, 100);
  }
  const full = openSync("/dev/full", "a");
  const stdio = ["ignore", "ignore", full] as const;
  const child = spawnSync(process.execPath, ["--input-type=module", "--eval", countTo100], { stdio: [...stdio] });
  assert.equal(child.status, 0);
});

test("a burst beyond what may wait costs lines, and says how many", async () => {
  const { log, written } = openLogFile("info");
  const burst = 20_000;
  for (let count = 0; count < burst; count += 1) log.write("info", "counted", { detail: "x".repeat(100) });
  const told = (): WrittenLine | undefined => written().find(({ event }) => event === "log-dropped");
  while (told() === undefined) await wait(5);
  const dropped = Number(told()?.facts["lines"]);
  assert.ok(dropped > 0);
  assert.equal(written().filter(({ event }) => event === "counted").length + dropped, burst);
});
