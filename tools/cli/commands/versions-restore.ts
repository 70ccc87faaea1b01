/** cdmesh versions restore: puts a kept version back, as an ordinary write that the mesh then gets. */

import type { Command } from "commander";
import { askRestore } from "../control-client.ts";
import { addCommand } from "../frame.ts";
import { Complaint, optional, refined, required } from "../options.ts";
import { visible } from "../quantities.ts";

export function registerVersionsRestore(program: Command): void {
  addCommand(program, {
    name: "versions restore",
    summary: "put a kept version back, here and thereby everywhere",
    about:
      "What stands at the path is kept first. The restored file is a new version like any other write of a user: it " +
      "travels to all holders of the folder. The kept version stays.",
    examples: [
      "cdmesh versions restore --data /var/lib/cdmesh --folder press --path index.html --version 41",
      "cdmesh versions restore --data /var/lib/cdmesh --folder press --path index.html --version 41 --to old/index.html",
    ],
    options: {
      data: required("--data <directory>", "the directory of a peer that runs on this server"),
      folder: required("--folder <id>", "a folder of that peer"),
      path: required("--path <path>", "the path whose version it is"),
      version: refined(required("--version <number>", "as versions list shows it"), (text) => {
        if (!/^\d{1,15}$/.test(text)) throw new Complaint(`must be a number as versions list shows it, not "${text}"`);
        return Number(text);
      }),
      to: optional("--to <path>", "where to put it; its own path when left out"),
    },
    async run({ data, folder, path, version, to }, output) {
      const restored = await askRestore(data, { folder, path, version, to });
      const kept = restored.kept === undefined ? "" : `; what stood there is kept as version ${restored.kept}`;
      output.result({ ...restored }, `version ${restored.version} stands at ${visible(restored.path)}${kept}`);
      return undefined;
    },
  });
}
