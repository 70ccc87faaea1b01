import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ChangeBuffer, type ChangeBufferOptions } from "../../../node/folder/change-buffer.ts";
import { type EntryPath, parseEntryPath } from "../../../protocol/folder/path.ts";

const options: ChangeBufferOptions = { settleMs: 10, settleMsMax: 50, unsettledMsMax: 400, directoriesMax: 4 };
const [a, b] = [parseEntryPath("a"), parseEntryPath("b")];
assert.ok(a && b);
const shallow = (path: EntryPath | "") => ({ path, isDeep: false });

test("a directory is due once it was quiet for a moment", () => {
  const buffer = new ChangeBuffer(options);
  buffer.mark(a, 0);
  buffer.mark(a, 8);
  assert.equal(buffer.take(17), undefined);
  assert.deepEqual(buffer.take(18), { kind: "directories", directories: [shallow(a)] });
  assert.equal(buffer.take(1_000), undefined);
});

test("a directory that is never quiet is due all the same", () => {
  const buffer = new ChangeBuffer(options);
  for (let now = 0; now <= 49; now += 1) buffer.mark(a, now);
  assert.deepEqual(buffer.take(50), { kind: "directories", directories: [shallow(a)] });
});

test("parents come before what is in them", () => {
  const inner = parseEntryPath("a/x");
  assert.ok(inner);
  const buffer = new ChangeBuffer(options);
  for (const directory of [inner, b, a, ""] as const) buffer.mark(directory, 0);
  assert.deepEqual(buffer.take(10), { kind: "directories", directories: (["", a, inner, b] as const).map(shallow) });
});

test("what keeps changing is looked at less and less often, until it stands still", () => {
  const buffer = new ChangeBuffer(options);
  const delays: number[] = [];
  for (let now = 0, round = 0; round < 8; round += 1) {
    buffer.markUnsettled(a, now);
    const due = buffer.nextDueMs() ?? 0;
    delays.push(due - now);
    now = due;
    buffer.take(now);
  }
  assert.deepEqual(delays, [20, 40, 80, 160, 320, 400, 400, 400]);
  buffer.settled(a);
  buffer.markUnsettled(a, 0);
  assert.equal(buffer.nextDueMs(), 20);
});

test("P3: with too many directories it asks for everything and forgets them", () => {
  const buffer = new ChangeBuffer(options);
  for (const name of ["a", "b", "c", "d", "e"]) {
    const directory = parseEntryPath(name);
    assert.ok(directory);
    buffer.mark(directory, 0);
  }
  assert.deepEqual(buffer.take(10), { kind: "everything" });
  assert.equal(buffer.nextDueMs(), undefined);
});

test("property: no mark is forgotten: what was marked comes out, alone or as everything", () => {
  const marks = fc.array(
    fc.record({ name: fc.constantFrom("a", "b", "c", "d", "e", "f"), afterMs: fc.nat({ max: 30 }) }),
  );
  fc.assert(
    fc.property(marks, (list) => {
      const buffer = new ChangeBuffer(options);
      const open = new Set<string>();
      let now = 0;
      const drain = (): void => {
        const due = buffer.take(now);
        if (due?.kind === "everything") open.clear();
        if (due?.kind === "directories") for (const { path } of due.directories) open.delete(path);
      };
      for (const { name, afterMs } of list) {
        now += afterMs;
        drain();
        const directory = parseEntryPath(name);
        assert.ok(directory);
        buffer.mark(directory, now);
        open.add(directory);
      }
      now += options.settleMsMax;
      drain();
      assert.equal(open.size, 0);
    }),
  );
});

test("a look for later does not hold up a hint, and is not put off by another", () => {
  const buffer = new ChangeBuffer(options);
  buffer.markLater(a, 0, 30_000);
  buffer.markLater(b, 0, 30_000);
  buffer.markLater(b, 20_000, 30_000);
  buffer.mark(a, 5);
  assert.deepEqual(buffer.take(15), { kind: "directories", directories: [shallow(a)] });
  assert.equal(buffer.nextDueMs(), 30_000);
  assert.deepEqual(buffer.take(30_000), { kind: "directories", directories: [shallow(b)] });
});

test("what could not be listed is looked at with all that is below it, be it for a hint or later", () => {
  const buffer = new ChangeBuffer(options);
  buffer.markUnlisted(a, 0, 30_000);
  buffer.markUnlisted(b, 0, 30_000);
  buffer.mark(a, 5);
  assert.deepEqual(buffer.take(15), { kind: "directories", directories: [{ path: a, isDeep: true }] });
  assert.deepEqual(buffer.take(30_000), { kind: "directories", directories: [{ path: b, isDeep: true }] });
  buffer.mark(a, 30_000);
  assert.deepEqual(buffer.take(30_010), { kind: "directories", directories: [shallow(a)] });
});
