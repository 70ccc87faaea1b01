/** What is covered unseen because its number was used twice is told, and nothing else. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeEntry, encodeEntry } from "../../protocol/wire/entry.ts";
import { NumbersUsed } from "../../simulations/checkers/used-twice.ts";
import { draft, makeReplica, overwrite, pull, type TestReplica } from "../node/records/replicas.ts";
import { file } from "../protocol/folder/versions.ts";

function rootOf(text: string): string {
  const entry = decodeEntry(fileFields(text).payload)?.entry;
  return entry?.kind === "file" ? entry.root : assert.fail();
}

function fileFields(text: string): { readonly payload: Uint8Array } {
  return { payload: encodeEntry(file(text)) };
}

interface Story {
  /** Where the second use of the number is told; the first one is told of "page". */
  readonly path: string;
  readonly isSetBack?: boolean;
  readonly isKnownToOthers?: boolean;
}

async function coveredIn({ path, isSetBack = true, isKnownToOthers = false }: Story): Promise<readonly string[]> {
  const told: string[] = [];
  const numbers = new NumbersUsed({ isKnownToOthers: () => isKnownToOthers, onCovered: (root) => told.push(root) });
  const following = (one: TestReplica): TestReplica => {
    numbers.follow([one]);
    return one;
  };
  const [one, other] = [following(await makeReplica(1)), following(await makeReplica(2))];
  await one.replica.issue([draft("page", fileFields("shared"))]);
  await pull(one, other);
  const snapshot = one.store.copy();
  await overwrite(one, ["page"], fileFields("first use"));
  await pull(one, other);
  await overwrite(other, ["page"], fileFields("over the first use"));
  const back = isSetBack ? following(await makeReplica(1, { store: snapshot })) : one;
  await overwrite(back, [path], fileFields("second use"));
  await pull(other, back);
  const names = ["shared", "first use", "over the first use", "second use"];
  return names.filter((name) => told.includes(rootOf(name)));
}

test("S5: what a record covers that saw only the other use of its number is told, on the path of either", async () => {
  // The first one was seen: whoever asks for what nobody saw go does not ask for it.
  assert.deepEqual(await coveredIn({ path: "page" }), ["first use", "second use"]);
});

test("S5: what stands on another path than the other use of its number is not covered, and not told", async () => {
  assert.deepEqual(await coveredIn({ path: "another page" }), ["first use"]);
});

test("S5: where no number is used twice nothing is told", async () => {
  assert.deepEqual(await coveredIn({ path: "page", isSetBack: false }), []);
});

test("S5: what was used twice although somebody within reach knew better is not told", async () => {
  assert.deepEqual(await coveredIn({ path: "page", isKnownToOthers: true }), []);
});
