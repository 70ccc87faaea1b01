/** cdmesh deletes list: which deletes wait for an operator, and who asked for them. */

import type { Command } from "commander";
import type { DeletesReport, WaitingGroup } from "../../../node/control/deletes.ts";
import { askDeletes } from "../control-client.ts";
import { addCommand } from "../frame.ts";
import { list, required } from "../options.ts";
import { counted, formatCount, visible } from "../quantities.ts";
import { toned } from "../table.ts";

export function registerDeletesList(program: Command): void {
  addCommand(program, {
    name: "deletes list",
    summary: "show the deletes that wait for an operator",
    about:
      "When more files go within ten minutes than the policy lets pass (deleteBrake: files, percent), the rest wait: " +
      "where they went, before others are told, and on each peer that is asked to follow.",
    examples: [
      "cdmesh deletes list --data /var/lib/cdmesh --folder press",
      "cdmesh deletes list --data /var/lib/cdmesh --folder press --path news --json",
    ],
    options: {
      data: required("--data <directory>", "the directory of a peer that runs on this server"),
      folder: required("--folder <id>", "a folder of that peer"),
      path: list("--path <path>", "of this path and what is below it only; may be repeated"),
    },
    async run({ data, folder, path }, output) {
      const report = await askDeletes(data, { folder, paths: path });
      output.result({ ...report }, viewDeletes(report));
      return undefined;
    },
  });
}

function viewDeletes({ waiting }: DeletesReport): string {
  if (waiting.length === 0) return "no deletes wait for an operator";
  const say = "cdmesh deletes release lets them go everywhere, cdmesh deletes discard keeps or brings back the files";
  return [...waiting.map(viewGroup), say].join("\n\n");
}

function viewGroup({ side, by, since, files, paths }: WaitingGroup): string {
  const who = visible(by.server ?? by.peer);
  const what = side === "here" ? `gone from this disk, and told to nobody` : `asked for by ${who}, and still here`;
  const lines = [`${toned("strong", counted(files, "file"))} ${what}, since ${since}`];
  lines.push(...paths.map((path) => `  ${visible(path)}`));
  if (files > paths.length) lines.push(`  and ${formatCount(files - paths.length)} more`);
  return lines.join("\n");
}
