import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { generateKeyPairSync } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createKeyFile, KeyFileError, type KeyFileProblem, readKeyFile } from "../../../node/adapters/key-file.ts";
import { identityOfSeed } from "../../../node/identity.ts";

async function directory(context: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "cdmesh-key-"));
  context.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

function fails(act: Promise<unknown>, problem: KeyFileProblem): Promise<void> {
  return assert.rejects(act, (error) => error instanceof KeyFileError && error.problem === problem);
}

test("a key that was made is read back as the same identity, and every key is another one", async (context) => {
  const path = await directory(context);
  const seed = await createKeyFile(path);
  assert.equal(seed.length, 32);
  assert.deepEqual(await readKeyFile(path), seed);
  const other = await createKeyFile(path, "other.key");
  assert.notEqual(identityOfSeed(other).peer, identityOfSeed(seed).peer);
});

test("a key is for its owner alone, in a form that other programs read, and nothing else is left beside it", async (context) => {
  const path = await directory(context);
  await createKeyFile(path);
  assert.equal((await stat(join(path, "peer.key"))).mode & 0o777, 0o600);
  assert.match(await readFile(join(path, "peer.key"), "utf8"), /^-----BEGIN PRIVATE KEY-----\n/);
  assert.deepEqual(await readdir(path), ["peer.key"]);
});

test("a key is never overwritten", async (context) => {
  const path = await directory(context);
  const seed = await createKeyFile(path);
  await fails(createKeyFile(path), "exists");
  assert.deepEqual(await readKeyFile(path), seed);
  assert.deepEqual(await readdir(path), ["peer.key"]);
});

test("a key that others may read or change is refused until it is closed to them", async (context) => {
  const path = await directory(context);
  const seed = await createKeyFile(path);
  for (const mode of [0o640, 0o604, 0o620, 0o601, 0o777]) {
    await chmod(join(path, "peer.key"), mode);
    await fails(readKeyFile(path), "open-to-others");
  }
  await chmod(join(path, "peer.key"), 0o400);
  assert.deepEqual(await readKeyFile(path), seed);
});

test("a missing, damaged or foreign key is told apart from one that is not permitted", async (context) => {
  const path = await directory(context);
  await fails(readKeyFile(path), "missing");
  await fails(readKeyFile(join(path, "nowhere")), "missing");
  await fails(createKeyFile(join(path, "nowhere")), "missing");
  const agreement = generateKeyPairSync("x25519").privateKey.export({ type: "pkcs8", format: "pem" });
  for (const content of ["", "12D3KooW", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", agreement]) {
    await writeFile(join(path, "peer.key"), content, { mode: 0o600 });
    await fails(readKeyFile(path), "malformed");
  }
});
