/** cdmesh start: runs a peer until it is told to end. */

import type { Command } from "commander";
import type { z } from "zod";
import { DataDirectoryError } from "../../../node/adapters/data-directory.ts";
import { KeyFileError } from "../../../node/adapters/key-file.ts";
import { NetworkStartError } from "../../../node/adapters/libp2p/host.ts";
import { PinoLog } from "../../../node/adapters/pino-log.ts";
import { type Config, configSchema, watcherChoices } from "../../../node/config.ts";
import { FolderError } from "../../../node/folder/opening.ts";
import { ConfigError, runPeer } from "../../../node/main.ts";
import { logLevels } from "../../../node/ports.ts";
import { StoreError } from "../../../node/store-error.ts";
import { TrustError } from "../../../node/trust/trust.ts";
import { runInForeground } from "../foreground.ts";
import { addCommand } from "../frame.ts";
import { Complaint, flag, list, type OptionSpec, optional, refined, required } from "../options.ts";
import { CommandError, exitCodes } from "../output.ts";

const fields = configSchema.shape;
/** A start that failed is over soon, whatever a library still has open. */
const failedMs = 2_000;

export function registerStart(program: Command): void {
  addCommand(program, {
    name: "start",
    summary: "run this server's peer, in the foreground",
    about:
      "Logs JSON lines to standard error. SIGTERM and SIGINT end it cleanly within 5 seconds, a second signal at " +
      "once. What --license and --policy brought is remembered: later starts may leave them out.",
    examples: [
      "cdmesh start --data /var/lib/cdmesh --license www1.license --policy press.policy --seeds seeds " +
        "--listen /ip4/0.0.0.0/tcp/4240 --folder press=/srv/press",
      "cdmesh start --config /etc/cdmesh.yaml",
    ],
    options: {
      data: required("--data <directory>", "the peer's own directory, as cdmesh peer init made it"),
      license: optional("--license <file>", "its license, as cdmesh site admit wrote it"),
      policy: optional("--policy <file>", "the site's policy, as cdmesh policy sign wrote it"),
      seeds: optional("--seeds <file>", "addresses of some peers, one a line"),
      listen: checked(
        some("--listen <multiaddr>", "where to listen (default: /ip4/0.0.0.0/tcp/4240); may be repeated"),
        fields.listen,
      ),
      announce: checked(
        some("--announce <multiaddr>", "where others reach this peer, if not there; may be repeated"),
        fields.announce,
      ),
      folder: checked(
        some("--folder <id=path>", "where a folder's root is on this server; may be repeated", "folders"),
        fields.folders,
      ),
      refill: checked(
        some(
          "--refill <id>",
          "for this one start: the folder's disk is new and empty, others fill it; may be repeated",
        ),
        fields.refill,
      ),
      first: flag("--first", "this copy leads: scan it without waiting for other holders"),
      watcher: checked(
        optional("--watcher <kind>", `how files are watched, of ${watcherChoices.join(", ")} (default: auto)`),
        fields.watcher,
      ),
      logLevel: checked(
        optional("--log-level <level>", `the least that is logged, of ${logLevels.join(", ")} (default: info)`),
        fields.logLevel,
      ),
    },
    async run({ folder, ...options }) {
      const config: Config = { ...options, folders: folder };
      const log = PinoLog.open({ level: config.logLevel });
      try {
        return await runInForeground(log, () => runPeer(config, log));
      } catch (error) {
        setTimeout(() => process.exit(), failedMs).unref();
        await log.close();
        throw explained(error, config);
      }
    },
  });
}

/** Any number of texts; undefined when nobody gave one, so that the schema's default holds. */
function some(flags: string, description: string, setting?: string): OptionSpec<readonly string[] | undefined> {
  return refined(list(flags, description, setting === undefined ? {} : { setting }), (texts) =>
    texts.length === 0 ? undefined : texts,
  );
}

function checked<Schema extends z.ZodType>(base: OptionSpec<unknown>, schema: Schema): OptionSpec<z.output<Schema>> {
  return refined(base, (value) => {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    throw new Complaint(result.error.issues[0]?.message ?? "is not what it should be");
  });
}

function explained(error: unknown, { data }: Config): unknown {
  if (error instanceof ConfigError) {
    const option = error.field === "folders" ? "--folder" : `--${error.field}`;
    return new CommandError(exitCodes.config, `${option} ${error.path} ${error.message}`);
  }
  if (error instanceof KeyFileError && error.problem === "missing") {
    return new CommandError(exitCodes.config, error.message, {
      remedy: `cdmesh peer init --data ${data}, and have the peer admitted with cdmesh site admit`,
    });
  }
  if (error instanceof DataDirectoryError) {
    const mayPass = error.problem === "in-use" || error.problem === "full";
    return new CommandError(mayPass ? exitCodes.tryAgain : exitCodes.config, error.message);
  }
  if (error instanceof TrustError) {
    const remedy = "give it the file that cdmesh site admit wrote for this peer with --license";
    return new CommandError(exitCodes.config, `this peer cannot belong to its site: ${error.message}`, { remedy });
  }
  if (error instanceof StoreError) return new CommandError(exitCodes.failed, error.message);
  if (error instanceof FolderError) return new CommandError(exitCodes.config, error.message);
  if (error instanceof NetworkStartError) {
    return new CommandError(exitCodes.failed, error.message, {
      remedy: "choose another --listen, or end what is there",
    });
  }
  return error;
}
