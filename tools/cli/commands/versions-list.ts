/** cdmesh versions list: what a peer keeps of files that changes from the mesh replaced or deleted. */

import type { Command } from "commander";
import type { KeptReason } from "../../../node/sync/versions/kept-rows.ts";
import type { VersionReport } from "../../../node/control/versions.ts";
import { askVersions } from "../control-client.ts";
import { addCommand } from "../frame.ts";
import { optional, required } from "../options.ts";
import { CommandError, exitCodes } from "../output.ts";
import { counted, formatBytes, visible } from "../quantities.ts";
import { formatTable } from "../table.ts";

export function registerVersionsList(program: Command): void {
  addCommand(program, {
    name: "versions list",
    summary: "show what is kept of files that were replaced or deleted",
    about:
      "Each peer keeps what changes from the mesh took from its own disk, as long as the policy says (versions: " +
      "count, days, bytes). A late write that lost its place, and what the mesh knows nothing of, stay for a day at least.",
    examples: [
      "cdmesh versions list --data /var/lib/cdmesh --folder press --path index.html",
      "cdmesh versions list --data /var/lib/cdmesh --folder press --below news --json",
    ],
    options: {
      data: required("--data <directory>", "the directory of a peer that runs on this server"),
      folder: required("--folder <id>", "a folder of that peer"),
      path: optional("--path <path>", "of this path only"),
      below: optional("--below <directory>", "of everything below this directory only"),
    },
    async run({ data, folder, path, below }, output) {
      if (path !== undefined && below !== undefined) {
        throw new CommandError(exitCodes.usage, "--path and --below exclude each other", {
          remedy: "give one of them",
        });
      }
      const versions: VersionReport[] = [];
      let after: string | undefined;
      do {
        const page = await askVersions(data, { folder, path, below, after });
        versions.push(...page.versions);
        after = page.next;
      } while (after !== undefined);
      output.result({ folder, versions }, viewVersions(versions));
      return undefined;
    },
  });
}

const reasons: Readonly<Record<KeptReason, string>> = {
  replaced: "replaced",
  deleted: "deleted",
  surprise: "lost its place to another write",
  forgotten: "unknown to the mesh after a long absence",
  found: "found without a name",
};

function viewVersions(versions: readonly VersionReport[]): string {
  if (versions.length === 0) return "nothing is kept there";
  const rows = versions.map(({ path, version, keptAt, reason, bytes, modifiedAt, copy }) => [
    visible(copy ?? path),
    String(version),
    keptAt,
    reasons[reason] ?? reason,
    formatBytes(bytes),
    modifiedAt,
  ]);
  const columns = [
    { title: "path" },
    { title: "version", align: "right" },
    { title: "kept" },
    { title: "why" },
    { title: "size", align: "right" },
    { title: "modified" },
  ] as const;
  return `${formatTable(columns, rows)}\n${counted(versions.length, "version")}`;
}
