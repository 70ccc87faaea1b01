import assert from "node:assert/strict";
import test from "node:test";
import { ChokidarWatcher } from "../../../../node/adapters/watcher/chokidar-watcher.ts";
import { DirectoryWatcher } from "../../../../node/adapters/watcher/directory-watcher.ts";
import { platformWatcher } from "../../../../node/adapters/watcher/platform-watcher.ts";

test("Linux watches its directories by itself, every other platform by chokidar", () => {
  assert.ok(platformWatcher("auto", "linux") instanceof DirectoryWatcher);
  for (const platform of ["darwin", "win32", "freebsd"] as const) {
    assert.ok(platformWatcher("auto", platform) instanceof ChokidarWatcher);
  }
});

test("the operator's choice wins over the platform's", () => {
  assert.ok(platformWatcher("chokidar", "linux") instanceof ChokidarWatcher);
  assert.ok(platformWatcher("directories", "win32") instanceof DirectoryWatcher);
});
