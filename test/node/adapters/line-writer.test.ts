import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { LineWriter } from "../../../node/adapters/line-writer.ts";

const directory = mkdtempSync(join(tmpdir(), "cdmesh-lines-"));
after(() => rmSync(directory, { recursive: true }));

function makePipe(): string {
  const path = join(mkdtempSync(join(directory, "case-")), "pipe");
  execFileSync("mkfifo", [path]);
  return path;
}

/** Reads what is there, until `length` characters came. */
async function readSome(pipe: number, length: number): Promise<string> {
  const buffer = Buffer.alloc(64 * 1024);
  let text = "";
  while (text.length < length) {
    try {
      text += buffer.toString("utf8", 0, readSync(pipe, buffer));
    } catch (error) {
      assert.ok(error instanceof Error && "code" in error && error.code === "EAGAIN");
      await wait(5);
    }
  }
  return text;
}

test("a reader that is slow gets every line, whole and in order", async () => {
  const pipe = openSync(makePipe(), constants.O_RDWR | constants.O_NONBLOCK);
  const writer = new LineWriter(pipe, () => assert.fail("nothing was lost"));
  const lines = Array.from({ length: 3_000 }, (_, count) => `${count} ${"x".repeat(100)}\n`);
  for (const line of lines) writer.write(line);
  const expected = lines.join("");
  await wait(100);
  assert.equal(await readSome(pipe, expected.length), expected);
  await writer.close();
  closeSync(pipe);
});

test("lines for a reader that is gone are lost and counted, and a new reader is told", async () => {
  const path = makePipe();
  const firstReader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const pipe = openSync(path, constants.O_WRONLY);
  closeSync(firstReader);
  const told: number[] = [];
  const writer = new LineWriter(pipe, (lines) => told.push(lines));
  for (const line of ["one\n", "two\n", "three\n"]) writer.write(line);
  await writer.close();
  assert.deepEqual(told, []);

  const secondReader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  writer.write("four\n");
  await writer.close();
  assert.deepEqual(told, [3]);
  assert.equal(await readSome(secondReader, 5), "four\n");
  closeSync(secondReader);
  closeSync(pipe);
});

test("a writer that was closed leaves no listener on the process", async () => {
  const before = process.listenerCount("exit");
  const writer = new LineWriter(openSync("/dev/null", "a"), () => undefined);
  assert.equal(process.listenerCount("exit"), before + 1);
  await writer.close();
  assert.equal(process.listenerCount("exit"), before);
});
