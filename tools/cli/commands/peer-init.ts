/** cdmesh peer init: gives a server its identity and writes the request for its license. */

import { join, resolve } from "node:path";
import type { Command } from "commander";
import { DataDirectoryError, prepareDataDirectory } from "../../../node/adapters/data-directory.ts";
import { createKeyFile, peerKeyName } from "../../../node/adapters/key-file.ts";
import { identityOfSeed } from "../../../node/identity.ts";
import { encodeEnvelopeFile } from "../../../protocol/documents/file.ts";
import { instantOfMs } from "../../../protocol/documents/instant.ts";
import { requestType } from "../../../protocol/documents/request.ts";
import { signDocument } from "../../../protocol/documents/verified.ts";
import { writeResult } from "../files.ts";
import { addCommand } from "../frame.ts";
import { required } from "../options.ts";
import { CommandError, exitCodes } from "../output.ts";

const requestName = "peer.request";

export function registerPeerInit(program: Command): void {
  addCommand(program, {
    name: "peer init",
    summary: "give this server an identity",
    about:
      `Makes the key ${peerKeyName}, which never leaves this machine, and ${requestName}, which the site's authority ` +
      "needs to license it. An identity that is there already stays as it is.",
    examples: ["cdmesh peer init --data /var/lib/cdmesh"],
    options: { data: required("--data <directory>", "the peer's own directory, made if it is not there") },
    async run({ data }, output) {
      try {
        await prepareDataDirectory(data);
      } catch (error) {
        if (!(error instanceof DataDirectoryError)) throw error;
        throw new CommandError(exitCodes.config, error.message, { where: resolve(data) });
      }
      const { peer, signingKey } = identityOfSeed(await createKeyFile(data));
      const request = signDocument(requestType, { peer, requestedAt: instantOfMs(Date.now()) }, [signingKey]);
      const file = join(data, requestName);
      await writeResult(file, encodeEnvelopeFile(request));
      output.result(
        { peer, data, request: file },
        [
          `peer ${peer}`,
          `next: take ${file} to the site's authority, and have it admitted with cdmesh site admit`,
        ].join("\n"),
      );
      return undefined;
    },
  });
}
