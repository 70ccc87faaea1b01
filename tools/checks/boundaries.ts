/**
 * Holds the import boundaries of .dependency-cruiser.mjs.
 *
 * A cruise that sees no files or no imports finds no violations either: so it also fails when a
 * source file was not cruised, or when no imports were seen at all.
 *
 *   boundaries.ts [ROOT]   exit code 1 and one line for each import that is not allowed
 */

import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { cruise, type IViolation } from "dependency-cruiser";
import extractDepcruiseOptions from "dependency-cruiser/config-utl/extract-depcruise-options";

const houses = ["protocol", "node", "simulations", "tools", "test"];

const configuration = join(import.meta.dirname, "../../.dependency-cruiser.mjs");

export interface BoundaryReport {
  readonly files: number;
  readonly imports: number;
  /** One line for each import that is not allowed, or for what makes the report worthless. */
  readonly faults: readonly string[];
}

export async function checkBoundaries(root: string): Promise<BoundaryReport> {
  const options = await extractDepcruiseOptions(configuration);
  const present = houses.filter((house) => existsSync(join(root, house)));
  const { output } = await cruise(present, { ...options, baseDir: root });
  if (typeof output === "string") throw new Error(`the cruise answered with text: ${output}`);
  const { modules, summary } = output;
  const reasons = new Map(options.ruleSet?.forbidden?.map(({ name, comment }) => [name, comment]));
  const cruised = new Set(modules.map(({ source }) => source));
  const files = globSync(
    houses.map((house) => `${house}/**/*.ts`),
    { cwd: root },
  );
  const missed = files.filter((file) => !cruised.has(file));
  const imports = modules.reduce((sum, { dependencies }) => sum + dependencies.length, 0);
  const faults = [
    ...summary.violations.map((violation) => `${describe(violation)}: ${reasons.get(violation.rule.name)}`),
    ...missed.map((file) => `${file}: was not cruised`),
    ...(files.length === 0 ? ["no files were cruised"] : []),
    ...(imports === 0 ? ["no imports were seen: the parser is blind"] : []),
  ];
  return { files: files.length, imports, faults };
}

function describe({ rule, from, to, cycle }: IViolation): string {
  const path = cycle === undefined ? [from, to] : [from, ...cycle.map(({ name }) => name)];
  return `${path.join(" -> ")}: ${rule.name}`;
}

async function main(root: string): Promise<void> {
  const { files, imports, faults } = await checkBoundaries(root);
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
  else console.log(`${imports} imports of ${files} files stay within their boundaries`);
}

if (import.meta.main) await main(process.argv[2] ?? process.cwd());
