/** cdmesh erase: takes paths out of a folder with all that is kept of them, everywhere and for good. */

import type { Command } from "commander";
import { erasureType } from "../../../protocol/documents/erasure.ts";
import { instantOfMs } from "../../../protocol/documents/instant.ts";
import { signDocument } from "../../../protocol/documents/verified.ts";
import { SiteDirectory } from "../../authority/site-directory.ts";
import { askErasable, eraseAt } from "../control-client.ts";
import { addCommand } from "../frame.ts";
import { flag, list, required } from "../options.ts";
import { CommandError, exitCodes } from "../output.ts";
import { counted, visible } from "../quantities.ts";

export function registerErase(program: Command): void {
  addCommand(program, {
    name: "erase",
    summary: "remove files and everything that is kept of them, everywhere and for good",
    about:
      "Signed with the administrator's key of the site. Each peer removes the file and its kept versions as soon as it " +
      "learns of it, also one that is away now. What is written at the same time or later stays: it is not what was " +
      "erased. Copies of the content at other paths stay as well.",
    examples: [
      "cdmesh erase --data /var/lib/cdmesh --folder press --path drafts/secret.html --dir ~/example-site --yes",
    ],
    options: {
      data: required("--data <directory>", "the directory of a peer that runs on this server"),
      folder: required("--folder <id>", "a folder of that peer"),
      path: list("--path <path>", "a file; may be repeated"),
      dir: required("--dir <directory>", "the authority's directory, with the administrator's key"),
      yes: flag("--yes", "really do it"),
    },
    async run({ data, folder, path: paths, dir, yes }, output) {
      if (paths.length === 0) throw new CommandError(exitCodes.usage, "no path was given", { remedy: "give --path" });
      const site = await SiteDirectory.open(dir);
      // All are looked at before anything goes: a slip in one name stops the whole.
      const known = [];
      for (const path of paths) known.push(await askErasable(data, folder, path));
      const stranger = known.find((one) => one.site !== site.documents.site);
      if (stranger !== undefined) {
        throw new CommandError(exitCodes.config, "the peer belongs to another site", { where: dir });
      }
      const what = counted(known.length, "path");
      if (!yes) {
        throw new CommandError(exitCodes.usage, `this removes ${what} and all that is kept of them, on every peer`, {
          where: known.map(({ path }) => visible(path)).join(", "),
          remedy: "add --yes if that is meant; nothing brings it back",
        });
      }
      for (const { path, covers, site: siteId, folder: folderId } of known) {
        const erasure = { site: siteId, folder: folderId, path, covers, issuedAt: instantOfMs(Date.now()) };
        await eraseAt(data, signDocument(erasureType, erasure, [site.administratorKey]));
      }
      output.result({ folder, erased: known.map(({ path }) => path) }, `${what} erased in folder ${folder}`);
      return undefined;
    },
  });
}
