/** cdmesh policy sign: turns a policy that a person wrote into one that every peer obeys. */

import type { Command } from "commander";
import { encodeEnvelopeFile } from "../../../protocol/documents/file.ts";
import { readPolicyFile, signPolicy } from "../../authority/policy-file.ts";
import { SiteDirectory } from "../../authority/site-directory.ts";
import { readInput, writeResult } from "../files.ts";
import { addCommand } from "../frame.ts";
import { required } from "../options.ts";
import { CommandError, exitCodes } from "../output.ts";

export function registerPolicySign(program: Command): void {
  addCommand(program, {
    name: "policy sign",
    summary: "sign a policy: what the site's folders are and where they live",
    about:
      "The smallest policy:\n\n" +
      '  version: 1\n  folders:\n    - id: press\n      holders: [{region: "*"}]\n\n' +
      "Each further version has a greater number. Peers pass the newest one on by themselves.",
    examples: ["cdmesh policy sign --dir ~/example-site --in policy.yaml --out policy.json"],
    options: {
      dir: required("--dir <directory>", "the authority's directory"),
      in: required("--in <file>", "the policy as YAML"),
      out: required("--out <file>", "where to write the signed policy"),
    },
    async run({ dir, in: input, out }, output) {
      const site = await SiteDirectory.open(dir);
      const text = new TextDecoder().decode(await readInput(input, "the policy"));
      const draft = readPolicyFile(text, site.documents.site);
      if (!("json" in draft)) {
        const faults = draft.map(({ line, where, what }) => `${input}:${line}: ${where}: ${what}`);
        throw new CommandError(exitCodes.config, `the policy has faults\n  ${faults.join("\n  ")}`, { where: input });
      }
      const signed = await signPolicy(site, draft);
      if (!(signed instanceof Uint8Array)) {
        throw new CommandError(exitCodes.failed, signed.problem, { where: input, remedy: signed.remedy });
      }
      await writeResult(out, encodeEnvelopeFile(signed));
      output.result(
        { version: draft.version, site: site.documents.site, out },
        `policy version ${draft.version} is signed: ${out}`,
      );
      return undefined;
    },
  });
}
