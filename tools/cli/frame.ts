/**
 * The frame that all commands share: `--help` with examples, `--json`, `--config`, options from
 * all sources, errors that say what, where and what to do, and exit codes.
 */

import { readFile } from "node:fs/promises";
import { Command, CommanderError, Option } from "commander";
import { parse as parseYaml } from "yaml";
import { KeyFileError } from "../../node/adapters/key-file.ts";
import { SiteDirectoryError, type SiteDirectoryProblem } from "../authority/site-directory.ts";
import { ControlError, type ControlFailure } from "./control-client.ts";
import {
  type OptionSpec,
  type OptionSpecs,
  type OptionValues,
  readOptions,
  type Sources,
  variableOf,
} from "./options.ts";
import { CommandError, type ExitCode, exitCodes, Output } from "./output.ts";

export interface CommandSpec<Specs extends OptionSpecs> {
  /** Its words: "site create". */
  readonly name: string;
  readonly summary: string;
  /** Further paragraphs for --help. */
  readonly about?: string;
  /** Whole command lines. */
  readonly examples: readonly string[];
  readonly options: Specs;
  /** @returns an exit code other than 0 when the result is bad news. @throws CommandError */
  run(options: OptionValues<Specs>, output: Output): Promise<ExitCode | undefined>;
}

export type Register = (program: Command) => void;

const groupSummaries: Readonly<Record<string, string>> = {
  site: "the authority of a site: create it, admit and revoke its peers",
  peer: "a peer's own identity",
  policy: "what the site's folders are and where they live",
  deletes: "deletes that wait for an operator because so many files would go",
  versions: "what is kept of files that were replaced or deleted",
};

/** @returns a program whose errors are thrown, and said by `runProgram` */
export function makeProgram(): Command {
  const program = new Command("cdmesh");
  // Commands inherit both when they are added.
  program.exitOverride().configureOutput({ outputError: () => {} });
  return program.description("Keeps folders identical across many servers, with no central master.").helpCommand(false);
}

/** Adds a command to the program. */
export function addCommand<Specs extends OptionSpecs>(program: Command, spec: CommandSpec<Specs>): void {
  const words = spec.name.split(" ");
  const verb = words.pop() ?? spec.name;
  const command = words.reduce(groupOf, program).command(verb);
  const about = spec.about === undefined ? "" : `\n\n${spec.about}`;
  command.summary(spec.summary).description(`${spec.summary}${about}`);
  for (const option of Object.values(spec.options)) command.addOption(new SettingOption(option));
  command.option("--config <file>", "YAML file with settings; flags and variables win over it [CDMESH_CONFIG]");
  command.option("--json", "machine-readable output");
  command.addHelpText("after", `\nExamples:\n${spec.examples.map((example) => `  $ ${example}`).join("\n")}`);
  command.action(async () => {
    const options = readOptions(spec.options, await sourcesOf(program, command));
    process.exitCode = (await spec.run(options, new Output(command.opts()["json"] === true))) ?? exitCodes.ok;
  });
}

/** Runs what the command line asks for and sets the exit code. */
export async function runProgram(program: Command, line: readonly string[]): Promise<void> {
  process.stdout.on("error", leaveWithReader);
  try {
    await program.parseAsync(line);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    const said = commandErrorOf(error);
    process.exitCode = said.exitCode;
    // A group without a command has shown its help already.
    if (error instanceof CommanderError && error.code === "commander.help") return;
    new Output(line.includes("--json")).error(said);
  }
}

/** Whoever read the output, such as `head`, has enough. */
function leaveWithReader(error: Error): void {
  if ("code" in error && error.code === "EPIPE") process.exit();
  throw error;
}

function groupOf(parent: Command, name: string): Command {
  const group = parent.commands.find((command) => command.name() === name);
  return (
    group ??
    parent
      .command(name)
      .description(groupSummaries[name] ?? name)
      .helpCommand(false)
  );
}

// --- Options -----------------------------------------------------------------------------------

/** A flag that is also a setting. */
class SettingOption extends Option {
  readonly setting: string;

  constructor({ flags, description, takes, setting }: OptionSpec<unknown>) {
    super(flags);
    this.setting = setting ?? this.attributeName();
    this.description = `${description} [${variableOf(this.setting)}]`;
    if (takes === "many") this.argParser<readonly string[] | undefined>((text, before) => [...(before ?? []), text]);
  }
}

async function sourcesOf(program: Command, command: Command): Promise<Sources> {
  const flags = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(command.opts())) {
    flags.set(name, Array.isArray(value) ? value.map(String) : [String(value)]);
  }
  const path = flags.get("config")?.[0] ?? process.env["CDMESH_CONFIG"];
  const file = path === undefined ? undefined : { path, settings: await settingsOf(program, path) };
  return { flags, environment: process.env, file };
}

function knownSettings(command: Command): readonly string[] {
  const own = command.options.flatMap((option) => (option instanceof SettingOption ? [option.setting] : []));
  return [...own, ...command.commands.flatMap(knownSettings)];
}

/** One file may serve all commands, so every setting of any of them is welcome in it. */
async function settingsOf(program: Command, path: string): Promise<ReadonlyMap<string, unknown>> {
  let settings: unknown;
  try {
    settings = parseYaml(await readFile(path, "utf8"));
  } catch (error) {
    const what = `the configuration file cannot be read: ${firstLine(error)}`;
    throw new CommandError(exitCodes.config, what, { where: path, remedy: "correct it, or leave out --config" });
  }
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
    throw new CommandError(exitCodes.config, "the configuration file holds no settings", {
      where: path,
      remedy: "write one setting a line, such as data: /var/lib/cdmesh",
    });
  }
  const known = new Set(knownSettings(program));
  const stranger = Object.keys(settings).find((name) => !known.has(name));
  if (stranger !== undefined) {
    throw new CommandError(exitCodes.config, `"${stranger}" is no setting`, {
      where: path,
      remedy: `settings are ${[...known].toSorted().join(", ")}`,
    });
  }
  return new Map(Object.entries(settings));
}

// --- Errors ------------------------------------------------------------------------------------

function commandErrorOf(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof CommanderError) {
    const what = error.message.replace(/^error: /, "");
    return new CommandError(exitCodes.usage, what, { remedy: "see --help of the command" });
  }
  if (error instanceof KeyFileError) {
    return new CommandError(error.problem === "exists" ? exitCodes.failed : exitCodes.config, error.message);
  }
  if (error instanceof SiteDirectoryError) return new CommandError(codesOfSite[error.problem], error.message);
  if (error instanceof ControlError) return new CommandError(codesOfControl[error.failure], error.message);
  // A bug, or trouble of the machine: whoever looks for it needs to know where it came from.
  return new CommandError(exitCodes.failed, error instanceof Error ? (error.stack ?? error.message) : String(error));
}

const codesOfSite: Readonly<Record<SiteDirectoryProblem, ExitCode>> = {
  exists: exitCodes.failed,
  failed: exitCodes.failed,
  busy: exitCodes.tryAgain,
  missing: exitCodes.config,
  damaged: exitCodes.config,
};

const codesOfControl: Readonly<Record<ControlFailure, ExitCode>> = {
  "not-running": exitCodes.tryAgain,
  "no-answer": exitCodes.tryAgain,
  "not-permitted": exitCodes.failed,
  refused: exitCodes.failed,
  unintelligible: exitCodes.failed,
};

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
