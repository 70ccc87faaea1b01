/** cdmesh verify: are all copies identical, and if not, what differs where? */

import type { Command } from "commander";
import type { CopyOutcome } from "../../../node/control/verifier.ts";
import { askVerification } from "../control-client.ts";
import { addCommand } from "../frame.ts";
import { flag, required } from "../options.ts";
import { type ExitCode, exitCodes } from "../output.ts";
import { viewVerification } from "../verification-view.ts";

const exitCodeOf: Readonly<Record<CopyOutcome, ExitCode>> = {
  identical: exitCodes.ok,
  different: exitCodes.failed,
  behind: exitCodes.tryAgain,
  unreachable: exitCodes.tryAgain,
};

export function registerVerify(program: Command): void {
  addCommand(program, {
    name: "verify",
    summary: "ask every peer whether all copies are identical",
    about:
      "Names what differs and where. Exit code 0: all copies are identical; 1: some differ; 75: none differs, but " +
      "some are behind or cannot be asked. With --deep every peer reads and hashes its disk again, which takes as " +
      "long as its disk needs.",
    examples: ["cdmesh verify --data /var/lib/cdmesh", "cdmesh verify --data /var/lib/cdmesh --deep --json"],
    options: {
      data: required("--data <directory>", "the directory of a peer that runs on this server"),
      deep: flag("--deep", "hash what is on every disk, instead of believing each peer's index"),
    },
    async run({ data, deep }, output) {
      // Whoever interrupts this closes the socket, which calls it off.
      const verification = await askVerification(data, { deep, signal: new AbortController().signal });
      output.result({ ...verification }, viewVerification(verification));
      return exitCodeOf[verification.outcome];
    },
  });
}
