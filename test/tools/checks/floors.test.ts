import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { findFloorFaults } from "../../../tools/checks/floors.ts";

interface LockedPackage {
  readonly name?: string;
  readonly version: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
type Packages = Readonly<Record<string, LockedPackage>>;

const sound: Packages = {
  "": { name: "cdmesh", version: "0.1.0" },
  "node_modules/@chainsafe/libp2p-gossipsub": { name: "@libp2p/gossipsub", version: "17.1.1" },
  "node_modules/@libp2p/crypto": { version: "5.1.22" },
  "node_modules/@libp2p/utils": { version: "10.0.0" },
};

const faultsOf = (packages: Packages): string => findFloorFaults(JSON.stringify({ packages })).join("\n");

test("the project's own lock file is above every floor", () => {
  assert.deepEqual(findFloorFaults(readFileSync("package-lock.json", "utf8")), []);
});

test("versions at and above the floor pass", () => {
  assert.equal(faultsOf(sound), "");
});

test("a version below its floor is a fault, by the name that the package gives itself", () => {
  const alias = { name: "@libp2p/gossipsub", version: "16.1.0" };
  assert.match(faultsOf({ ...sound, "node_modules/@chainsafe/libp2p-gossipsub": alias }), /16\.1\.0 is below 16\.1\.1/);
  assert.match(faultsOf({ ...sound, "node_modules/@libp2p/utils": { version: "7.4.0" } }), /7\.4\.0 is below 7\.4\.1/);
  assert.match(faultsOf({ ...sound, "node_modules/@libp2p/utils": { version: "7.4.1-rc.1" } }), /is below/);
  assert.match(faultsOf({ ...sound, "node_modules/@libp2p/utils": { version: "garbled" } }), /is below/);
});

test("a copy deep in the tree counts", () => {
  const path = "node_modules/libp2p/node_modules/@libp2p/crypto";
  assert.match(faultsOf({ ...sound, [path]: { version: "5.1.21" } }), /^node_modules\/libp2p\/node_modules/);
});

test("packages that were left behind may not come back", () => {
  assert.match(faultsOf({ ...sound, "node_modules/@libp2p/floodsub": { version: "99.0.0" } }), /may not be used/);
  const frozen = { "node_modules/@chainsafe/libp2p-gossipsub": { version: "14.1.2" } };
  assert.match(faultsOf({ ...sound, ...frozen }), /may not be used/);
});

test("a floor for a package that is not there is a fault: it would hold nothing", () => {
  assert.equal(faultsOf({}).split("\n").length, 3);
});

test("a build for another platform that is not locked is a fault", () => {
  const linter = { version: "1.0.0", optionalDependencies: { "@linter/darwin-arm64": "1.0.0" } };
  const partial = { ...sound, "node_modules/linter": linter };
  assert.match(faultsOf(partial), /@linter\/darwin-arm64 1\.0\.0 is not locked/);
  assert.equal(faultsOf({ ...partial, "node_modules/@linter/darwin-arm64": { version: "1.0.0" } }), "");
});
