/**
 * Options of commands, one mechanism for all: a flag wins over a `CDMESH_*` variable, that over
 * the configuration file, that over the default.
 *
 * Whatever the source, a value arrives here as texts and is read by the same function, so a wrong
 * port is told in the same words wherever it stands, with the place to correct it.
 */

import { CommandError, exitCodes } from "./output.ts";

export interface OptionSpec<Value> {
  /** As commander has it: "--dir <directory>". */
  readonly flags: string;
  readonly description: string;
  /** "none": a switch; "many": the flag may be repeated, in a variable commas part the values. */
  readonly takes: "none" | "one" | "many";
  /** The name in the configuration file, and in capitals that of the variable; the flag's when left out. */
  readonly setting?: string;
  /** @param texts undefined: nobody said anything. @throws Complaint */
  read(texts: readonly string[] | undefined): Value;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec<unknown>>>;
export type OptionValues<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends OptionSpec<infer Value> ? Value : never;
};

/** What is wrong with a value, said without knowing where it stands. */
export class Complaint extends Error {}

// --- Kinds of options ----------------------------------------------------------------------------

interface Words {
  readonly setting?: string;
}

/** Text that must be given. */
export function required(flags: string, description: string, words: Words = {}): OptionSpec<string> {
  return { flags, description, takes: "one", ...words, read: (texts) => one(texts) ?? missing() };
}

/** Text that may be left out. */
export function optional(flags: string, description: string, words: Words = {}): OptionSpec<string | undefined> {
  return { flags, description, takes: "one", ...words, read: one };
}

/** Any number of texts. */
export function list(flags: string, description: string, words: Words = {}): OptionSpec<readonly string[]> {
  return { flags, description, takes: "many", ...words, read: (texts) => texts ?? [] };
}

/** On or off; off when nobody says anything. */
export function flag(flags: string, description: string, words: Words = {}): OptionSpec<boolean> {
  return { flags, description, takes: "none", ...words, read: (texts) => switched(one(texts) ?? "false") };
}

interface WholeNumberBounds<Fallback> {
  readonly min: number;
  readonly max: number;
  readonly fallback: Fallback;
}

export function wholeNumber<Fallback extends number | undefined>(
  flags: string,
  description: string,
  { min, max, fallback }: WholeNumberBounds<Fallback>,
): OptionSpec<number | Fallback> {
  const said = fallback === undefined ? "" : ` (default: ${fallback})`;
  return {
    flags,
    description: `${description}${said}`,
    takes: "one",
    read: (texts) => {
      const text = one(texts);
      if (text === undefined) return fallback;
      const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
      if (value >= min && value <= max) return value;
      throw new Complaint(`must be a whole number from ${min} to ${max}, not "${text}"`);
    },
  };
}

/** The same option, read further. @param read throws a Complaint for what it does not take */
export function refined<Base, Value>(base: OptionSpec<Base>, read: (value: Base) => Value): OptionSpec<Value> {
  return { ...base, read: (texts) => read(base.read(texts)) };
}

function one(texts: readonly string[] | undefined): string | undefined {
  if (texts !== undefined && texts.length !== 1) throw new Complaint(`must be one value, not ${texts.length}`);
  if (texts?.[0] === "") throw new Complaint("must not be empty");
  return texts?.[0];
}

function missing(): never {
  throw new Complaint("is needed");
}

function switched(text: string): boolean {
  if (["true", "1", "yes", "on"].includes(text)) return true;
  if (["false", "0", "no", "off"].includes(text)) return false;
  throw new Complaint(`must be true or false, not "${text}"`);
}

// --- Where values come from ----------------------------------------------------------------------

/** What was said on the command line, in the environment and in the configuration file. */
export interface Sources {
  /** By the name of the option. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file: { readonly path: string; readonly settings: ReadonlyMap<string, unknown> } | undefined;
}

/** @throws CommandError that names the place of what is wrong */
export function readOptions<Specs extends OptionSpecs>(specs: Specs, sources: Sources): OptionValues<Specs> {
  const entries = Object.entries(specs).map(([name, spec]) => [name, readOption(name, spec, sources)] as const);
  const values: unknown = Object.fromEntries(entries);
  if (!isReadBy(specs, values)) throw new Error("an option was not read");
  return values;
}

/** Each value came from the spec of its name, which is what the type says. */
function isReadBy<Specs extends OptionSpecs>(specs: Specs, values: unknown): values is OptionValues<Specs> {
  return typeof values === "object" && values !== null && Object.keys(specs).every((name) => name in values);
}

function readOption(name: string, spec: OptionSpec<unknown>, sources: Sources): unknown {
  const setting = spec.setting ?? name;
  const variable = variableOf(setting);
  const flags = sources.flags.get(name);
  const environment = sources.environment[variable];
  const file = sources.file?.settings.get(setting);
  const [long = spec.flags] = spec.flags.split(" ");
  if (flags !== undefined) return told(exitCodes.usage, long, () => spec.read(flags));
  if (environment !== undefined && environment !== "") {
    const texts = spec.takes === "many" ? environment.split(",") : [environment];
    return told(exitCodes.usage, `${variable} in the environment`, () => spec.read(texts));
  }
  if (file !== undefined && file !== null) {
    return told(exitCodes.config, `${setting} in ${sources.file?.path}`, () => spec.read(textsOf(file)));
  }
  const remedy = `give ${spec.flags}, set ${variable}, or write ${setting}: into the configuration file`;
  return told(exitCodes.usage, long, () => spec.read(undefined), remedy);
}

/** The variable of a setting: "logLevel" is CDMESH_LOG_LEVEL. */
export function variableOf(setting: string): string {
  return `CDMESH_${setting.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** A value of the configuration file as texts; a mapping stands for a list of NAME=VALUE. */
function textsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(scalarText);
  if (typeof value !== "object" || value === null) return [scalarText(value)];
  return Object.entries(value).map(([name, item]) => `${name}=${scalarText(item)}`);
}

function scalarText(value: unknown): string {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
  throw new Complaint("must be text, a number, true or false, or a list of those");
}

function told<Value>(exitCode: 64 | 78, where: string, read: () => Value, remedy?: string): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    throw new CommandError(exitCode, `${where} ${error.message}`, remedy === undefined ? {} : { remedy });
  }
}
