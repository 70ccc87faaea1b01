/** The simulator itself: every scenario runs and repeats itself, and what it leaves out shifts nothing else. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Checker } from "../../simulations/checkers/checker.ts";
import { runScenario } from "../../simulations/run.ts";
import { scenarioNamed, scenarios } from "../../simulations/scenarios/catalogue.ts";

function named(name: string): (typeof scenarios)[number] {
  const scenario = scenarioNamed(name);
  assert.ok(scenario);
  return scenario;
}

test("rule a: one seed gives one trace, another seed or course another", async () => {
  const crashes = named("crashes");
  const [first, again, other, course] = [
    await runScenario(crashes, { seed: 3 }),
    await runScenario(crashes, { seed: 3 }),
    await runScenario(crashes, { seed: 4 }),
    await runScenario(crashes, { seed: 3, course: 1 }),
  ];
  assert.equal(first.traceHash, again.traceHash);
  assert.notEqual(first.traceHash, other.traceHash);
  assert.notEqual(first.traceHash, course.traceHash);
});

test("C1, S1: random users who only work end with equal, idle and whole copies", async () => {
  for (const seed of [2_001, 2_002, 2_003]) {
    assert.deepEqual((await runScenario(named("calm"), { seed })).violations, []);
  }
});

test("C1, S1: files, directories and symlinks that take each other's names end equal too", async () => {
  for (const seed of [1, 2, 3]) assert.deepEqual((await runScenario(named("swaps"), { seed })).violations, []);
});

test("X1: k contents of one path end as one winner and k-1 conflict copies, however many peers there are", async () => {
  for (const seed of [1, 2, 3]) {
    assert.deepEqual((await runScenario(named("one conflict"), { seed })).violations, []);
  }
});

test("P9: where a license ends at a cut, those who heard of it in different orders end equal, and nothing is lost", async () => {
  let refusals = 0;
  for (const seed of [1, 2, 3, 6]) {
    const { violations, events } = await runScenario(named("revoked"), { seed });
    assert.deepEqual(violations, []);
    refusals += events["batch-without-effect"] ?? 0;
  }
  assert.ok(refusals > 0);
});

test("an act that is left out shifts no other", async () => {
  const acts = async (dropped: readonly string[]): Promise<readonly string[]> => {
    const told: string[] = [];
    await runScenario(named("calm"), {
      seed: 5,
      dropped: new Set(dropped),
      onTell: (_, line) => told.push(line),
    });
    return told.flatMap(
      (line) => /^www\d, (act \d+: (?:write|remove|set mode).*?)( \(could not\))?$/.exec(line)?.[1] ?? [],
    );
  };
  const all = await acts([]);
  assert.deepEqual(
    await acts(["act 1", "act 12"]),
    all.filter((line) => !/^act (1|12):/.test(line)),
  );
});

test("a checker that finds something makes the run fail and ends it", async () => {
  const never: Checker = { promise: "none", check: () => ["S0: always broken"] };
  const outcome = await runScenario({ ...named("calm"), always: [never] }, { seed: 1 });
  assert.deepEqual(outcome.violations, ["S0: always broken"]);
  assert.ok(outcome.virtualMs < 1_000);
});

test("scenarios have names of their own, and each says what it is", () => {
  assert.equal(new Set(scenarios.map(({ name }) => name)).size, scenarios.length);
  for (const { says } of scenarios) assert.match(says, /\.$/);
});
