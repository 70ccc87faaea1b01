/** cdmesh site create: a new site with its authority, its administrator and its license. */

import type { Command } from "commander";
import { isTitle } from "../../../protocol/documents/schema.ts";
import { createSite } from "../../authority/create.ts";
import { addCommand } from "../frame.ts";
import { Complaint, type OptionSpec, refined, required, wholeNumber } from "../options.ts";

const countMax = 1_000_000;

export function registerSiteCreate(program: Command): void {
  addCommand(program, {
    name: "site create",
    summary: "make a new site: its keys and its license",
    about:
      "The directory holds the keys that license every peer: keep it off the servers, and keep a backup. " +
      "Nothing that runs needs it.",
    examples: [
      'cdmesh site create --dir ~/example-site --company "Example Press" --site example',
      "cdmesh site create --dir ~/example-site --company Example --site example --days 730 --servers 40 --watchers 4",
    ],
    options: {
      dir: required("--dir <directory>", "where the authority shall live; not there yet, or empty"),
      company: titled("--company <name>", "who runs the site"),
      site: titled("--site <name>", "what people call the site"),
      days: wholeNumber("--days <number>", "how long the site license lasts", { min: 1, max: 36_500, fallback: 365 }),
      regions: wholeNumber("--regions <number>", "regions at most", { min: 1, max: countMax, fallback: 16 }),
      groups: wholeNumber("--groups <number>", "groups at most, of all regions", {
        min: 1,
        max: countMax,
        fallback: 128,
      }),
      servers: wholeNumber("--servers <number>", "servers at most", { min: 1, max: countMax, fallback: 500 }),
      watchers: wholeNumber("--watchers <number>", "servers at most whose users may write", {
        min: 1,
        max: countMax,
        fallback: 500,
      }),
    },
    async run({ dir, company, site: name, days, ...limits }, output) {
      const site = await createSite({ path: dir, company, name, days, limits }, Date.now());
      const license = site.documents.siteLicense()?.document;
      output.result(
        { site: site.documents.site, name, company, dir, limits, notAfter: license?.notAfter },
        [
          `site ${name} of ${company}`,
          `  id:      ${site.documents.site}`,
          `  license: until ${license?.notAfter}`,
          `  keys:    ${dir} (keep it off the servers, and keep a backup)`,
          "next: on each server run cdmesh peer init, and admit its peer.request with cdmesh site admit",
        ].join("\n"),
      );
      return undefined;
    },
  });
}

function titled(flags: string, description: string): OptionSpec<string> {
  return refined(required(flags, description), (text) => {
    if (isTitle(text)) return text;
    throw new Complaint("must be 1 to 200 printable characters without blanks around them");
  });
}
