import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Line } from "../../../../tools/bench/wire/line.ts";

const border = { mbit: 50, delayMs: 60 };
const bytesPerMs = 6250;

test("a frame on a free line takes its own time and the delay", () => {
  const line = new Line(border);
  assert.equal(line.admit(1000, bytesPerMs), 1061);
  assert.equal(line.admit(5000, 2 * bytesPerMs), 5062);
});

test("a frame waits for those before it", () => {
  const line = new Line(border);
  assert.equal(line.admit(1000, 3 * bytesPerMs), 1063);
  assert.equal(line.admit(1000, bytesPerMs), 1064);
  assert.equal(line.admit(1003.5, bytesPerMs), 1065);
});

test("what would wait for longer than a round trip is dropped, and makes nobody wait", () => {
  const line = new Line(border);
  line.admit(0, 121 * bytesPerMs);
  assert.equal(line.admit(0, bytesPerMs), undefined);
  assert.equal(line.admit(1, bytesPerMs), 182);
});

test("property: frames come out in order, none before its delay, and all together no faster than the line", () => {
  const frames = fc.array(fc.record({ gapMs: fc.nat(20), bytes: fc.integer({ min: 60, max: 1514 }) }), {
    minLength: 1,
  });
  fc.assert(
    fc.property(frames, (all) => {
      const line = new Line(border);
      let nowMs = 0;
      let lastMs = 0;
      let bytes = 0;
      for (const frame of all) {
        nowMs += frame.gapMs;
        const dueMs = line.admit(nowMs, frame.bytes);
        assert.ok(dueMs !== undefined && dueMs > lastMs && dueMs >= nowMs + border.delayMs);
        lastMs = dueMs;
        bytes += frame.bytes;
      }
      assert.ok(lastMs - border.delayMs >= bytes / bytesPerMs - 1e-6);
    }),
  );
});
