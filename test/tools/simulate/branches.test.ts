/** The branches that the simulator counts are where it looks for them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOfCode } from "../../../tools/simulate/branch-counter.ts";
import { branches } from "../../../tools/simulate/branches.ts";

test("each counted branch is named by code that stands once in its file", () => {
  const lost = branches.filter(({ file, code }) => placeOfCode(file, code) === undefined);
  assert.deepEqual(
    lost.map(({ name, code }) => `${name}: ${code}`),
    [],
  );
});
