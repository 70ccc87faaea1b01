/**
 * Makes the wire codecs: protons turns protocol/wire/*.proto into TypeScript with namespaces,
 * which Node's type stripping refuses, so tsc turns that into .js and .d.ts. The result is
 * committed under protocol/wire/generated/.
 *
 *   generate-wire.ts           writes the files
 *   generate-wire.ts --check   exit code 1 when the committed files are not what would be written
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const wireDirectory = "protocol/wire";
const generatedDirectory = join(wireDirectory, "generated");

function generate(outputDirectory: string, workDirectory: string): void {
  const sources = readdirSync(wireDirectory).filter((name) => name.endsWith(".proto"));
  if (sources.length === 0) throw new Error(`no .proto files in ${wireDirectory}`);
  for (const source of sources) run("protons", join(wireDirectory, source), "--strict", "--output", workDirectory);
  const flags = [
    "--ignoreConfig",
    "--declaration",
    "--module",
    "nodenext",
    "--target",
    "es2024",
    "--skipLibCheck",
    "--strict",
    "--types",
    "node",
  ];
  run(
    "tsc",
    ...flags,
    "--outDir",
    outputDirectory,
    ...sources.map((source) => join(workDirectory, source.replace(/\.proto$/, ".ts"))),
  );
}

function run(program: string, ...args: readonly string[]): void {
  execFileSync(join("node_modules", ".bin", program), args, { stdio: ["ignore", "inherit", "inherit"] });
}

function readAll(directory: string): Map<string, string> {
  const names = readdirSync(directory).filter((name) => name.endsWith(".js") || name.endsWith(".d.ts"));
  return new Map(names.map((name) => [name, readFileSync(join(directory, name), "utf8")]));
}

function main(): void {
  mkdirSync(generatedDirectory, { recursive: true });
  // Below the project, so that the compiler finds its packages; out of sight of the other checks.
  const workDirectory = mkdtempSync(join("node_modules", ".generate-wire-"));
  try {
    const outputDirectory = join(workDirectory, "out");
    generate(outputDirectory, workDirectory);
    const fresh = readAll(outputDirectory);
    const committed = readAll(generatedDirectory);
    if (process.argv.includes("--check")) {
      const names = new Set([...fresh.keys(), ...committed.keys()]);
      const stale = [...names].filter((name) => fresh.get(name) !== committed.get(name));
      if (stale.length > 0) {
        console.error(
          `stale: ${stale.map((name) => join(generatedDirectory, name)).join(", ")}; run "npm run generate"`,
        );
        process.exitCode = 1;
      }
      return;
    }
    for (const name of committed.keys()) if (!fresh.has(name)) rmSync(join(generatedDirectory, name));
    for (const [name, text] of fresh) writeFileSync(join(generatedDirectory, name), text);
  } finally {
    rmSync(workDirectory, { recursive: true, force: true });
  }
}

main();
