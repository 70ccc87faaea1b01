import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Complaint,
  flag,
  list,
  optional,
  readOptions,
  refined,
  required,
  type Sources,
  variableOf,
  wholeNumber,
} from "../../../tools/cli/options.ts";
import { CommandError } from "../../../tools/cli/output.ts";

const specs = {
  data: required("--data <directory>", "where"),
  days: wholeNumber("--days <number>", "how long", { min: 1, max: 10, fallback: 3 }),
  seat: wholeNumber("--seat <number>", "which", { min: 1, max: 10, fallback: undefined }),
  logLevel: optional("--log-level <level>", "how much"),
  folder: list("--folder <id=path>", "folders", { setting: "folders" }),
  deep: flag("--deep", "all of it"),
};

/** @param said flags, environment and settings of the configuration file */
function sources(
  flags: Readonly<Record<string, readonly string[]>>,
  environment: Readonly<Record<string, string>> = {},
  settings?: Readonly<Record<string, unknown>>,
): Sources {
  const file = settings && { path: "c.yaml", settings: new Map(Object.entries(settings)) };
  return { flags: new Map(Object.entries(flags)), environment, file };
}

function refusal(act: () => unknown): CommandError {
  try {
    act();
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
  return assert.fail("nothing was refused");
}

test("a flag wins over a variable, that over the file, that over the default", () => {
  const file = { data: "/file", days: 7 };
  const environment = { CDMESH_DATA: "/variable", CDMESH_DAYS: "8" };
  const flags = { data: ["/flag"], days: ["9"] };
  const daysOf = (said: Sources): readonly unknown[] => {
    const { data, days } = readOptions(specs, said);
    return [data, days];
  };
  assert.deepEqual(daysOf(sources(flags, environment, file)), ["/flag", 9]);
  assert.deepEqual(daysOf(sources({}, environment, file)), ["/variable", 8]);
  assert.deepEqual(daysOf(sources({}, {}, file)), ["/file", 7]);
  assert.deepEqual(daysOf(sources({ data: ["/flag"] })), ["/flag", 3]);
});

test("an empty variable and an empty setting say nothing", () => {
  assert.equal(readOptions(specs, sources({ data: ["x"] }, { CDMESH_DAYS: "" }, { days: null })).days, 3);
});

test("a list comes from repeated flags, a variable with commas, or a list or mapping of the file", () => {
  const foldersOf = (said: Sources): readonly string[] => readOptions(specs, said).folder;
  const flags = { data: ["x"], folder: ["a=/a", "b=/b"] };
  assert.deepEqual(foldersOf(sources(flags)), ["a=/a", "b=/b"]);
  assert.deepEqual(foldersOf(sources({ data: ["x"] }, { CDMESH_FOLDERS: "a=/a,b=/b" })), ["a=/a", "b=/b"]);
  assert.deepEqual(foldersOf(sources({ data: ["x"] }, {}, { folders: ["a=/a", "b=/b"] })), ["a=/a", "b=/b"]);
  assert.deepEqual(foldersOf(sources({ data: ["x"] }, {}, { folders: { a: "/a", b: "/b" } })), ["a=/a", "b=/b"]);
  assert.deepEqual(foldersOf(sources({ data: ["x"] })), []);
});

test("a switch is off unless somebody says on", () => {
  const deepOf = (said: Sources): boolean => readOptions(specs, said).deep;
  assert.equal(deepOf(sources({ data: ["x"] })), false);
  assert.equal(deepOf(sources({ data: ["x"], deep: ["true"] })), true);
  assert.equal(deepOf(sources({ data: ["x"] }, { CDMESH_DEEP: "0" })), false);
  assert.equal(deepOf(sources({ data: ["x"] }, { CDMESH_DEEP: "yes" })), true);
  assert.equal(deepOf(sources({ data: ["x"] }, {}, { deep: true })), true);
});

test("what is missing is refused as usage, with every place where it could be said", () => {
  const { message, exitCode, remedy } = refusal(() => readOptions(specs, sources({})));
  assert.equal(message, "--data is needed");
  assert.equal(exitCode, 64);
  assert.equal(remedy, "give --data <directory>, set CDMESH_DATA, or write data: into the configuration file");
});

test("a wrong value is refused where it stands: flags and variables as usage, the file as configuration", () => {
  const cases = [
    [sources({ data: ["x"], days: ["11"] }), 64, '--days must be a whole number from 1 to 10, not "11"'],
    [sources({ data: ["x"], days: ["2.5"] }), 64, '--days must be a whole number from 1 to 10, not "2.5"'],
    [
      sources({ data: ["x"] }, { CDMESH_DAYS: "-1" }),
      64,
      'CDMESH_DAYS in the environment must be a whole number from 1 to 10, not "-1"',
    ],
    [
      sources({ data: ["x"] }, {}, { days: "many" }),
      78,
      'days in c.yaml must be a whole number from 1 to 10, not "many"',
    ],
    [sources({ data: ["x"] }, {}, { days: [1, 2] }), 78, "days in c.yaml must be one value, not 2"],
    [
      sources({ data: ["x"] }, {}, { days: { of: { a: 1 } } }),
      78,
      "days in c.yaml must be text, a number, true or false, or a list of those",
    ],
    [sources({ data: [""] }), 64, "--data must not be empty"],
    [sources({ data: ["x"] }, {}, { deep: "perhaps" }), 78, 'deep in c.yaml must be true or false, not "perhaps"'],
  ] as const;
  for (const [said, exitCode, message] of cases) {
    const error = refusal(() => readOptions(specs, said));
    assert.deepEqual([error.exitCode, error.message], [exitCode, message]);
  }
});

test("an option can be read further, and complains in the same way", () => {
  const upper = refined(required("--name <name>", "a name"), (text) => {
    if (text !== text.toUpperCase()) throw new Complaint("must be in capitals");
    return { text };
  });
  assert.deepEqual(readOptions({ upper }, sources({ upper: ["ABC"] })).upper, { text: "ABC" });
  assert.equal(
    refusal(() => readOptions({ upper }, sources({ upper: ["abc"] }))).message,
    "--name must be in capitals",
  );
});

test("the variable of a setting is its name in capitals", () => {
  assert.equal(variableOf("data"), "CDMESH_DATA");
  assert.equal(variableOf("logLevel"), "CDMESH_LOG_LEVEL");
});
