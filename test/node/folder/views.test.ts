/** What records of a folder's collection mean to it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { entryVersions } from "../../../node/folder/views.ts";
import { file, version } from "../../protocol/folder/versions.ts";

test("P6: a record of a kind that is not known here is no entry, whatever its payload looks like", () => {
  const { version: known } = version(file("page"), 1, 1);
  const unknown = { ...known, record: { ...known.record, kind: 77, key: "../out" } };
  assert.deepEqual(entryVersions({ key: "../out", versions: [unknown] }), []);
  assert.equal(entryVersions({ key: "a.txt", versions: [known] }).length, 1);
});
