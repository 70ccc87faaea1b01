/**
 * Plants one bug into this process: `node --import tools/simulate/planting-hook.ts ...` with its name
 * in CDMESH_PLANTED_BUG.
 *
 * The program itself knows nothing of it. What is loaded from the files of the bug is changed on its
 * way in, so every bug is one that somebody could write.
 */

import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bugNamed, plantIn } from "../../simulations/planted-bugs.ts";

const name = process.env["CDMESH_PLANTED_BUG"] ?? "";
const bug = bugNamed(name);
if (bug === undefined) throw new Error(`no bug is called ${JSON.stringify(name)}`);
const root = join(import.meta.dirname, "../..");
const files: ReadonlyMap<string, string> = new Map(
  bug.edits.map(({ file }) => [pathToFileURL(join(root, file)).href, file]),
);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const file = files.get(url);
    if (file === undefined) return loaded;
    return { ...loaded, source: plantIn(bug, file, readFileSync(new URL(url), "utf8")) };
  },
});
