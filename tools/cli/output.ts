/**
 * What a command says: its result on stdout, as text or as one line of JSON; everything else on
 * stderr. Exit codes are those that operators and service managers know.
 */

export const exitCodes = {
  ok: 0,
  /** It was asked for rightly and could not be done. */
  failed: 1,
  /** It was asked for wrongly. */
  usage: 64,
  /** The same may work later. */
  tryAgain: 75,
  /** A file or directory that was named is not what it should be. */
  config: 78,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Why a command ends without its result, in words for its user. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;
  /** The file, option or peer in question. */
  readonly where: string | undefined;
  readonly remedy: string | undefined;

  constructor(exitCode: ExitCode, what: string, facts: { readonly where?: string; readonly remedy?: string } = {}) {
    super(what);
    this.name = "CommandError";
    this.exitCode = exitCode;
    this.where = facts.where;
    this.remedy = facts.remedy;
  }
}

export class Output {
  readonly isJson: boolean;

  constructor(isJson: boolean) {
    this.isJson = isJson;
  }

  /** @param text the same for people */
  result(value: Readonly<Record<string, unknown>>, text: string): void {
    process.stdout.write(this.isJson ? `${JSON.stringify(value)}\n` : `${text.replace(/\n$/, "")}\n`);
  }

  /** A remark beside the result, for people only. */
  note(text: string): void {
    if (!this.isJson) process.stderr.write(`${text}\n`);
  }

  error(error: CommandError): void {
    const { message, where, remedy, exitCode } = error;
    if (this.isJson) {
      process.stderr.write(`${JSON.stringify({ error: { what: message, where, remedy, exitCode } })}\n`);
      return;
    }
    const lines = [`cdmesh: ${message}`];
    if (where !== undefined) lines.push(`  where: ${where}`);
    if (remedy !== undefined) lines.push(`  do:    ${remedy}`);
    process.stderr.write(`${lines.join("\n")}\n`);
  }
}
