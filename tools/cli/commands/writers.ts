/** cdmesh writers: how far what a peer wrote is known, as the cuts of a revocation say it. */

import type { Command } from "commander";
import type { WritersReport } from "../../../node/control/writers.ts";
import { askWriters } from "../control-client.ts";
import { addCommand } from "../frame.ts";
import { required } from "../options.ts";

export function registerWriters(program: Command): void {
  addCommand(program, {
    name: "writers",
    summary: "show how far a running peer knows what another one wrote",
    about:
      "A revocation may end what a peer wrote at a place: what is printed here is taken over by cdmesh site revoke, " +
      "as it is or with smaller numbers. Ask the best connected peers and take the greatest number of each writer: what stands in no cut is cut off.",
    examples: [
      "cdmesh writers --data /var/lib/cdmesh --peer www3",
      "cdmesh site revoke --dir ~/example-site --seat 3 $(cdmesh writers --data /var/lib/cdmesh --peer www3) --out revocations.json",
    ],
    options: {
      data: required("--data <directory>", "the directory of a peer that runs on this server"),
      peer: required(
        "--peer <name>",
        "a server, region/group/server, or the id of a peer, also of one that is no member any more",
      ),
    },
    async run({ data, peer }, output) {
      const report = await askWriters(data, peer);
      output.result({ ...report }, viewWriters(report));
      return undefined;
    },
  });
}

function viewWriters({ peer, writers }: WritersReport): string {
  if (writers.length === 0) return `nothing that ${peer} wrote is known here`;
  return writers.map(({ writer, collection, sequence }) => `--cut ${writer}/${collection}=${sequence}`).join("\n");
}
