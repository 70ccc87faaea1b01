/** cdmesh site revoke: ends the license of a seat, and its writers where the cuts say. */

import type { Command } from "commander";
import { encodeEnvelopeFile } from "../../../protocol/documents/file.ts";
import type { Cut } from "../../../protocol/documents/revocations.ts";
import { parseCut, revoke } from "../../authority/revoke.ts";
import { SiteDirectory } from "../../authority/site-directory.ts";
import { writeResult } from "../files.ts";
import { addCommand } from "../frame.ts";
import { Complaint, list, type OptionSpec, refined, required, wholeNumber } from "../options.ts";
import { CommandError, exitCodes } from "../output.ts";

export function registerSiteRevoke(program: Command): void {
  addCommand(program, {
    name: "site revoke",
    summary: "end the license of a seat: every peer shows its holder out",
    about:
      "Without cuts the peer is shown out, and all that it wrote counts. Cuts say up to where each of its writers " +
      "counts, and a writer that none of them names keeps nothing; cdmesh writers shows them on a running peer. " +
      "They may come later, by revoking the seat once more. The file holds all revocations of the site so far.",
    examples: [
      "cdmesh site revoke --dir ~/example-site --seat 3 --out revocations.json",
      `cdmesh site revoke --dir ~/example-site --seat 3 --cut ${"3f".repeat(32)}00000000000000a1/folder/press=1200 --out revocations.json`,
    ],
    options: {
      dir: required("--dir <directory>", "the authority's directory"),
      seat: refined(
        wholeNumber("--seat <number>", "whose license ends", {
          min: 1,
          max: Number.MAX_SAFE_INTEGER,
          fallback: undefined,
        }),
        (seat) => {
          if (seat === undefined) throw new Complaint("is needed");
          return seat;
        },
      ),
      cut: cutList(),
      out: required("--out <file>", "where to write the revocations"),
    },
    async run({ dir, seat, cut: cuts, out }, output) {
      const revoked = await revoke(await SiteDirectory.open(dir), { seat, cuts }, Date.now());
      if ("problem" in revoked) {
        const { problem, remedy } = revoked;
        throw new CommandError(exitCodes.failed, problem, { where: dir, remedy });
      }
      await writeResult(out, encodeEnvelopeFile(revoked.envelope));
      const { entry, version } = revoked;
      output.result(
        { version, ...entry, out },
        [
          `seat ${entry.seat} of ${entry.peer} is revoked up to serial ${entry.serial}`,
          `  cuts:    ${entry.cuts?.length ?? "none, all that it wrote counts"}`,
          `  version: ${version} of the site's revocations, in ${out}`,
          "next: start any one running peer with it, cdmesh start --license; the others get it from there",
        ].join("\n"),
      );
      return undefined;
    },
  });
}

function cutList(): OptionSpec<readonly Cut[] | undefined> {
  const flags = "--cut <writer[/collection]=last>";
  return refined(list(flags, "what of a writer stays valid; may be repeated", { setting: "cuts" }), (texts) => {
    const cuts = texts.map((text) => {
      const cut = parseCut(text);
      if (cut === undefined) throw new Complaint(`must be WRITER=LAST or WRITER/COLLECTION=LAST, not "${text}"`);
      return cut;
    });
    return cuts.length === 0 ? undefined : cuts;
  });
}
