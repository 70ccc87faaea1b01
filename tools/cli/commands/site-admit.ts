/** cdmesh site admit: makes the license file of a peer from its request. */

import type { Command } from "commander";
import { type Role, roles } from "../../../protocol/documents/license.ts";
import { isPlaceName } from "../../../protocol/documents/schema.ts";
import { admit } from "../../authority/admit.ts";
import { SiteDirectory } from "../../authority/site-directory.ts";
import { readInput, writeResult } from "../files.ts";
import { addCommand } from "../frame.ts";
import { Complaint, list, type OptionSpec, refined, required, wholeNumber } from "../options.ts";
import { CommandError, exitCodes } from "../output.ts";

export function registerSiteAdmit(program: Command): void {
  addCommand(program, {
    name: "site admit",
    summary: "license a peer: where it stands and what it may do",
    about:
      "The same peer admitted again keeps its seat; its newest license is the one that counts. " +
      "With --seat a new machine takes the seat of the one that it replaces.",
    examples: [
      "cdmesh site admit --dir ~/example-site --request peer.request --region seoul --group web --server web-1 " +
        "--roles watch,serve,master --out web-1.license",
      "cdmesh site admit --dir ~/example-site --request new.request --seat 3 --region seoul --group web " +
        "--server web-3 --roles serve --out web-3.license",
    ],
    options: {
      dir: required("--dir <directory>", "the authority's directory"),
      request: required("--request <file>", "what cdmesh peer init wrote on that server"),
      region: named("--region <name>", "data centre or country"),
      group: named("--group <name>", "rack or cluster in it"),
      server: named("--server <name>", "the machine's name in that"),
      roles: roleList(),
      seat: wholeNumber("--seat <number>", "take this seat, also from another peer", {
        min: 1,
        max: Number.MAX_SAFE_INTEGER,
        fallback: undefined,
      }),
      days: wholeNumber("--days <number>", "how long the license lasts (default: as long as the site license)", {
        min: 1,
        max: 36_500,
        fallback: undefined,
      }),
      out: required("--out <file>", "where to write the license file"),
    },
    async run({ dir, request, region, group, server, roles: granted, seat, days, out }, output) {
      const place = { region, group, server };
      const wish = { request: await readInput(request, "the request"), place, roles: granted, seat, days };
      const admitted = await admit(await SiteDirectory.open(dir), wish, Date.now());
      if ("problem" in admitted) {
        const { problem, remedy } = admitted;
        throw new CommandError(exitCodes.failed, problem, { where: request, remedy });
      }
      await writeResult(out, admitted.file);
      const { license } = admitted;
      output.result(
        { ...license, out },
        [
          `seat ${license.seat}: ${region}/${group}/${server}`,
          `  peer:    ${license.peer}`,
          `  roles:   ${license.roles.join(", ")}`,
          `  serial:  ${license.serial}, until ${license.notAfter}`,
          `next: copy ${out} to the server and start it with cdmesh start --license`,
        ].join("\n"),
      );
      return undefined;
    },
  });
}

function named(flags: string, description: string): OptionSpec<string> {
  return refined(required(flags, description), (text) => {
    if (isPlaceName(text)) return text;
    throw new Complaint('must be a name of letters, digits, "-", "_" and ".", at most 64 characters');
  });
}

function roleList(): OptionSpec<readonly Role[]> {
  const option = list("--roles <roles>", `what it may do, of ${roles.join(",")}; watch: its users may write`);
  return refined(option, (texts) => {
    const names = texts.flatMap((text) => text.split(",")).map((name) => name.trim());
    if (names.length === 0) throw new Complaint("is needed");
    const stranger = names.find((name) => !roles.some((role) => role === name));
    if (stranger !== undefined) throw new Complaint(`must be of ${roles.join(", ")}, not "${stranger}"`);
    return roles.filter((role) => names.includes(role));
  });
}
