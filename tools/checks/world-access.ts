/**
 * Nothing but an adapter reaches the world (DESIGN section 3, FORMATS 34).
 *
 * Reads the code of node/, protocol/ and simulations/ outside adapters/, processes/ and main.ts,
 * and names every use of the machine's clock, timers, chance, process, network or language, and
 * every piece of state that would be shared by all peers of one process. Imports are judged by
 * the boundaries in .dependency-cruiser.mjs; this is about what needs no import.
 *
 *   world-access.ts [ROOT]   exit code 1 and one line for each finding
 */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ClassProperty,
  type Expression,
  type ImportDeclaration,
  type Module,
  parseSync,
  type Pattern,
  type PrivateProperty,
  type TsType,
  type TsTypeAnnotation,
  type VariableDeclaration,
} from "@swc/core";

export interface Finding {
  readonly line: number;
  readonly what: string;
  readonly why: string;
}

/** What a file may do that others may not, by the `what` of a finding. */
const permitted: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  // The one real turn of the loop behind each virtual event.
  ["simulations/world/world.ts", new Set(["setImmediate"])],
  // Remembers what its functions answer.
  ["simulations/world/verdicts.ts", new Set(["node:crypto as a whole"])],
  // Replaces these globals while a world runs.
  ["simulations/world/guard.ts", new Set(["globalThis", "process", "performance", "crypto", "let standing"])],
]);

const globalsReaching: ReadonlyMap<string, string> = new Map([
  ...each("the Clock port has timers", "setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval"),
  ...each("the Clock port tells time", "performance"),
  ...each("the Random port has bytes", "crypto"),
  ...each("the Network port talks to others", "fetch", "WebSocket", "EventSource", "XMLHttpRequest"),
  ...each("the Log port speaks", "console"),
  ...each("adapters and main know the process", "process", "navigator", "require"),
  ...each("every name is known without it", "globalThis", "global"),
  ...each("the collector runs when it likes", "WeakRef", "FinalizationRegistry"),
  ...each("the machine's language decides", "Intl"),
]);

const membersReaching: ReadonlyMap<string, string> = new Map([
  ["Date.now", "the Clock port tells time"],
  ["Math.random", "the Random port has chance"],
  ["AbortSignal.timeout", "the Clock port has timers"],
  ["Atomics.wait", "it stops the event loop"],
  ["Atomics.waitAsync", "the Clock port has timers"],
]);

/** Methods of any value whose answer depends on the machine's language. */
const languageMethods: ReadonlySet<string> = new Set([
  "localeCompare",
  "toLocaleString",
  "toLocaleDateString",
  "toLocaleTimeString",
  "toLocaleLowerCase",
  "toLocaleUpperCase",
]);

/** From node:crypto, in time with its chance or on its threads. Hashes and signatures are functions. */
const cryptoReaching = /^(random|generate|getRandom|webcrypto|subtle|default$)/;

/** Made once and never changed by use. */
const statelessClasses = /^(Text(En|De)coder|RegExp|(Big)?(Ui|I)nt\d+(Clamped)?Array|Float\d+Array|Error)$/;

/** The mark that the parser gives to names which nothing in the file declares. */
const undeclared = 1;

/** @param file its path below the project's root, with `/` */
export function findWorldAccess(file: string, source: string): readonly Finding[] {
  const bytes = Buffer.from(source);
  const allowed = permitted.get(file);
  const findings: Finding[] = [];
  const find: Find = (at, what, why) => {
    if (allowed?.has(what)) return;
    const line = bytes.subarray(0, at.span.start - 1).filter((byte) => byte === newline).length + 1;
    findings.push({ line, what, why });
  };
  const module = parseSync(source, { syntax: "typescript" });
  findSharedState(module, find);
  walk(module.body, (node) => inspect(node, find));
  return findings.toSorted((one, other) => one.line - other.line);
}

type Find = (at: { readonly span: { readonly start: number } }, what: string, why: string) => void;
type Syntax = Expression | ImportDeclaration | ClassProperty | PrivateProperty;

const newline = 0x0a;

function inspect(node: Syntax, find: Find): void {
  switch (node.type) {
    case "Identifier": {
      const why = globalsReaching.get(node.value);
      if (why !== undefined && isUndeclared(node)) find(node, node.value, why);
      return;
    }
    case "MemberExpression": {
      const name = nameOfMember(node);
      if (name === undefined) return;
      if (languageMethods.has(name)) find(node, `.${name}`, "the machine's language decides");
      if (node.object.type !== "Identifier" || !isUndeclared(node.object)) return;
      const path = `${node.object.value}.${name}`;
      const why = membersReaching.get(path);
      if (why !== undefined) find(node, path, why);
      return;
    }
    case "NewExpression":
      if (isDate(node.callee) && (node.arguments ?? []).length === 0)
        find(node, "new Date()", "the Clock port tells time");
      return;
    case "CallExpression":
      if (isDate(node.callee)) find(node, "Date()", "the Clock port tells time");
      if (node.callee.type === "Import") find(node, "import()", "loading is real I/O");
      return;
    case "ImportDeclaration":
      inspectImport(node, find);
      return;
    case "ClassProperty":
    case "PrivateProperty":
      if (node.isStatic && !node.readonly) find(node, "static", "all peers of a process would share it");
      return;
    default:
  }
}

function inspectImport(node: ImportDeclaration, find: Find): void {
  if (node.source.value !== "node:crypto" || node.typeOnly) return;
  for (const specifier of node.specifiers) {
    if (specifier.type !== "ImportSpecifier") {
      find(node, "node:crypto as a whole", "name what is used");
      continue;
    }
    const name = specifier.imported?.value ?? specifier.local.value;
    if (cryptoReaching.test(name)) find(node, name, "the Random port has bytes");
  }
}

/** State at the top of a module is one for all peers of a simulation, and lives on from run to run. */
function findSharedState(module: Module, find: Find): void {
  for (const item of module.body) {
    const declaration = item.type === "ExportDeclaration" ? item.declaration : item;
    if (declaration.type === "VariableDeclaration" && !declaration.declare) inspectVariables(declaration, find);
  }
}

function inspectVariables(declaration: VariableDeclaration, find: Find): void {
  for (const { id, init } of declaration.declarations) {
    const name = id.type === "Identifier" ? id.value : "pattern";
    if (declaration.kind !== "const") {
      find(declaration, `${declaration.kind} ${name}`, "all peers of a process would share it");
      continue;
    }
    const type = annotationOf(id)?.typeAnnotation;
    if (init !== undefined && isChangeable(init) && !isReadonly(type, init)) {
      find(declaration, `const ${name}`, "it can be changed: give it a readonly type, or to its user");
    }
  }
}

/** The parser says null where its types say absent. */
function annotationOf(id: Pattern): TsTypeAnnotation | null | undefined {
  return id.type === "Identifier" && "typeAnnotation" in id ? id.typeAnnotation : undefined;
}

function isChangeable(value: Expression): boolean {
  switch (value.type) {
    case "NewExpression":
      return !(value.callee.type === "Identifier" && statelessClasses.test(value.callee.value));
    case "ArrayExpression":
      return true;
    case "ObjectExpression":
      return value.properties.length === 0;
    case "ParenthesisExpression":
    case "TsAsExpression":
    case "TsSatisfiesExpression":
    case "TsNonNullExpression":
      return isChangeable(value.expression);
    default:
      return false;
  }
}

/** A type of another name than the class counts as readonly: `Vector` may stand for a ReadonlyMap. */
function isReadonly(type: TsType | undefined, init: Expression): boolean {
  if (type?.type === "TsTypeOperator") return type.op === "readonly";
  if (type?.type !== "TsTypeReference" || type.typeName.type !== "Identifier") return false;
  if (type.typeName.value === "Array") return false;
  return (
    init.type !== "NewExpression" || init.callee.type !== "Identifier" || init.callee.value !== type.typeName.value
  );
}

function isDate(callee: Expression | { readonly type: "Super" | "Import" }): boolean {
  return callee.type === "Identifier" && callee.value === "Date" && isUndeclared(callee);
}

function isUndeclared(identifier: object): boolean {
  return "ctxt" in identifier && identifier.ctxt === undeclared;
}

function nameOfMember(node: Extract<Expression, { type: "MemberExpression" }>): string | undefined {
  if (node.property.type === "Identifier") return node.property.value;
  if (node.property.type !== "Computed") return undefined;
  const key = node.property.expression;
  return key.type === "StringLiteral" ? key.value : undefined;
}

/** Types are not code: a parameter of type Date is nobody's clock. */
const typeFields: ReadonlySet<string> = new Set([
  "typeAnnotation",
  "returnType",
  "typeParams",
  "typeParameters",
  "typeArguments",
  "implements",
]);
const typeStatements: ReadonlySet<string> = new Set(["TsInterfaceDeclaration", "TsTypeAliasDeclaration"]);

function walk(value: unknown, visit: (node: Syntax) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit);
  } else if (typeof value === "object" && value !== null) {
    if (isSyntax(value)) {
      if (typeStatements.has(value.type)) return;
      visit(value);
    }
    for (const [field, child] of Object.entries(value)) if (!typeFields.has(field)) walk(child, visit);
  }
}

/** Of all kinds of nodes `inspect` looks at those that it has a case for. */
function isSyntax(value: object): value is Syntax {
  return "type" in value && typeof value.type === "string" && "span" in value;
}

function each(why: string, ...names: readonly string[]): readonly (readonly [string, string])[] {
  return names.map((name) => [name, why]);
}

function main(root: string): void {
  const files = globSync(["node/**/*.ts", "protocol/**/*.ts", "simulations/**/*.ts"], { cwd: root })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => !/\/(adapters|processes|generated)\//.test(file) && file !== "node/main.ts")
    .toSorted();
  if (files.length === 0) throw new Error(`no code to check below ${root}`);
  let count = 0;
  for (const file of files) {
    for (const { line, what, why } of findWorldAccess(file, readFileSync(join(root, file), "utf8"))) {
      console.error(`${file}:${line}: ${what}: ${why}`);
      count += 1;
    }
  }
  if (count > 0) process.exitCode = 1;
  else console.log(`${files.length} files reach the world through ports only`);
}

if (import.meta.main) main(process.argv[2] ?? ".");
