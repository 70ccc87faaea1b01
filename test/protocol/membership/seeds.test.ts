import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { limits } from "../../../protocol/limits.ts";
import { describeSeedProblem, parseSeeds } from "../../../protocol/membership/seeds.ts";
import { peerNumber } from "./peers.ts";

const peer = peerNumber(1);

test("a list has one address a line, with comments, blank lines and either kind of line end", () => {
  const text = [
    "\ufeff# Seeds of the press site",
    "",
    "/ip4/192.0.2.7/tcp/4240",
    `  /dns4/seed.example/tcp/4240/p2p/${peer}   # the old one`,
    "/ip4/192.0.2.7/tcp/4240",
    "   ",
  ].join("\r\n");
  assert.deepEqual(parseSeeds(text), {
    seeds: [
      { peer: undefined, address: "/ip4/192.0.2.7/tcp/4240" },
      { peer, address: "/dns4/seed.example/tcp/4240" },
    ],
    problems: [],
  });
});

test("all mistakes are told at once, each with its line", () => {
  const { seeds, problems } = parseSeeds(
    "# seeds\nlocalhost:4240\n/ip4/192.0.2.7/tcp/4240\n\n/ip4/1.2.3/tcp/1 # typo\n",
  );
  assert.equal(seeds.length, 1);
  assert.deepEqual(
    problems.map((problem) => describeSeedProblem("seeds.txt", problem)),
    [
      'seeds.txt:2: "localhost:4240": it is not of the form /ip4|ip6|dns|dns4|dns6/HOST/tcp/PORT, with or without /p2p/PEER',
      'seeds.txt:5: "/ip4/1.2.3/tcp/1": "1.2.3" is no IPv4 address',
    ],
  );
});

test("an empty list is no mistake of the parser's", () => {
  assert.deepEqual(parseSeeds(""), { seeds: [], problems: [] });
});

test("P3: a list has a bounded number of seeds", () => {
  const line = (at: number) => `/ip4/10.0.${at >> 8}.${at & 255}/tcp/4240`;
  const text = Array.from({ length: limits.seedsMax + 2 }, (_, at) => line(at)).join("\n");
  const { seeds, problems } = parseSeeds(text);
  assert.equal(seeds.length, limits.seedsMax);
  assert.deepEqual(
    problems.map((problem) => problem.line),
    [limits.seedsMax + 1, limits.seedsMax + 2],
  );
});

test("property: every line of any text is a seed, a problem, a comment or blank", () => {
  const line = fc.oneof(
    fc.constantFrom("", "# comment", "/ip4/192.0.2.7/tcp/1", "/ip4/192.0.2.8/tcp/2 # x", "nonsense"),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const text = lines.join("\n");
      const { seeds, problems } = parseSeeds(text);
      const contents = text
        .split(/[\r\n]/)
        .map((each) => (each.split("#")[0] ?? "").trim())
        .filter((each) => each !== "");
      const good = new Set(contents.filter((each) => seeds.some((seed) => each.startsWith(seed.address))));
      assert.equal(good.size, seeds.length);
      assert.equal(problems.length, contents.filter((each) => !good.has(each)).length);
    }),
  );
});
