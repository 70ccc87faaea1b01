import assert from "node:assert/strict";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { freePorts } from "../../../simulations/processes/free-ports.ts";
import { type PeerProcess } from "../../../simulations/processes/peer-process.ts";
import { ProcessSite } from "../../../simulations/processes/site.ts";
import { askStatus } from "../../../tools/cli/control-client.ts";
import { cdmesh, temporaryDirectory } from "./process.ts";
import { RunningProgram } from "./running-program.ts";

interface Server {
  readonly directory: string;
  readonly data: string;
  readonly root: string;
  /** `start` with everything that a first start needs. */
  readonly words: readonly string[];
  readonly options: PeerProcess["options"];
}

/** A site of one server, ready for its first start. */
async function prepare(context: TestContext): Promise<Server> {
  const directory = await temporaryDirectory(context);
  const [port] = await freePorts(1);
  const places = [{ name: "www1", region: "eu", group: "web", listen: `/ip4/127.0.0.1/tcp/${port}` }];
  const { site, peers } = await ProcessSite.create(directory, "press", places);
  const options = peers[0]?.options;
  assert.ok(options);
  const { data, license, policy, seeds, listen } = options;
  const root = site.rootOf("www1");
  const files = ["--license", license, "--policy", policy, "--seeds", seeds];
  const words = ["start", "--data", data, ...files, "--listen", listen, "--folder", `press=${root}`];
  return { directory, data, root, words, options };
}

async function untilFiles(data: string, files: number): Promise<void> {
  for (;;) {
    const { folders } = await askStatus(data);
    if (folders[0]?.state === "idle" && folders[0].files === files) return;
  }
}

const started = /"event":"peer-started"/;

test("a peer starts, logs JSON on stderr alone, tells its status and ends on SIGTERM with 0 within 5 s", async (context) => {
  const { data, root, words } = await prepare(context);
  await writeFile(join(root, "a.txt"), "hello");
  const peer = RunningProgram.cdmesh(context, words);
  await peer.says(started);
  await untilFiles(data, 1);
  const { peers, folders, policyVersion } = await askStatus(data);
  assert.deepEqual([peers.map(({ server, self }) => [server, self]), policyVersion], [[["www1", true]], 1]);
  assert.deepEqual([folders[0]?.id, folders[0]?.bytes], ["press", 5]);
  const startMs = performance.now();
  assert.deepEqual(await peer.end("SIGTERM"), { exitCode: 0, signal: null });
  assert.ok(performance.now() - startMs < 5_000);
  assert.equal(peer.stdout, "");
  for (const line of peer.stderr.trimEnd().split("\n")) {
    assert.match(line, /^\{"level":"(info|warn)","time":"[^"]+","event":"[a-z-]+"/);
  }
});

test("a second process on the same DATA is refused with 75 and says who has it; the first goes on", async (context) => {
  const { data, words } = await prepare(context);
  const peer = RunningProgram.cdmesh(context, words);
  await peer.says(started);
  const { exitCode, stdout, stderr } = await cdmesh(words);
  assert.deepEqual([exitCode, stdout], [75, ""]);
  assert.match(stderr, new RegExp(`^cdmesh: .*data-www1 is in use by process ${peer.pid}; a peer runs once\n`));
  assert.equal((await askStatus(data)).version, 1);
  assert.deepEqual(await peer.end("SIGTERM"), { exitCode: 0, signal: null });
});

test("S3: after kill -9 it starts again from what it had, with nothing but its directory and folder", async (context) => {
  const { data, root, words, options } = await prepare(context);
  await mkdir(join(root, "docs"));
  await writeFile(join(root, "docs", "a.txt"), "hello");
  const killed = RunningProgram.cdmesh(context, words);
  await killed.says(started);
  await untilFiles(data, 2);
  const before = await askStatus(data);
  assert.deepEqual(await killed.end("SIGKILL"), { exitCode: null, signal: "SIGKILL" });

  const config = join(options.data, "..", "cdmesh.yaml");
  await writeFile(config, `data: ${data}\nlisten: ${options.listen}\nfolders:\n  press: ${root}\nlogLevel: debug\n`);
  const again = RunningProgram.cdmesh(context, ["start", "--config", config]);
  await again.says(started);
  await untilFiles(data, 2);
  const { peer, site, policyVersion } = await askStatus(data);
  assert.deepEqual([peer, site, policyVersion], [before.peer, before.site, 1]);
  assert.equal(await readFile(join(root, "docs", "a.txt"), "utf8"), "hello");
  assert.deepEqual(await again.end("SIGINT"), { exitCode: 0, signal: null });
});

test("what is wrong is told by the name of its option or file", async (context) => {
  const { directory, data, root, words, options } = await prepare(context);
  const faulty = join(directory, "faulty");
  await writeFile(faulty, "/ip4/1.2.3/tcp/1\n");
  const config = join(directory, "cdmesh.yaml");
  await writeFile(config, `data: ${data}\nfolders:\n  PRESS: ${root}\n`);
  const cases = [
    [["start"], 64, /--data is needed/],
    [["start", "--data", join(directory, "none")], 78, /there is no key .*none\/peer\.key\n.*cdmesh peer init --data/],
    [[...words, "--folder", "press"], 64, /--folder must be ID=PATH, such as press=\/srv\/press, not "press"/],
    [[...words, "--folder", "Press=/x"], 64, /--folder must be ID=PATH.*the id is/],
    [[...words, "--folder", "press=/x"], 64, /--folder must name folder "press" once/],
    [
      [...words, "--folder", `other=${directory}/none`],
      78,
      /--folder .*none cannot be a folder's root: it is not there/,
    ],
    [[...words, "--folder", `other=${faulty}`], 78, /--folder .*faulty cannot be a folder's root: it is no directory/],
    [[...words, "--folder", `other=${directory}`], 78, /--folder .* cannot be the root of "other": .*data-www1 lie in/],
    [[...words, "--folder", `other=${root}`], 78, /--folder .* cannot be the root of "other": it and that of "press"/],
    [[...words, "--listen", "here"], 64, /--listen must be where to listen, not "here"/],
    [[...words, "--announce", "/ip4/0.0.0.0/tcp/1"], 64, /--announce must be where this peer can be reached/],
    [[...words, "--log-level", "loud"], 64, /--log-level must be one of debug, info, warn, error/],
    [[...words, "--license", faulty], 78, /--license .*faulty holds no license/],
    [[...words, "--policy", join(directory, "none")], 78, /--policy .*none cannot be read: it is not there/],
    [[...words, "--seeds", faulty], 78, /--seeds .*faulty has lines .*\n.*faulty:1: .*"1\.2\.3" is no IPv4/],
    [["start", "--config", config], 78, /folders in .*cdmesh\.yaml must be ID=PATH/],
    [["start", "--data", data, "--listen", options.listen], 78, /license-missing\n {2}do: .*--license/],
    // An address of documentation, which no machine has.
    [[...words, "--listen", "/ip4/192.0.2.1/tcp/4240"], 1, /the network cannot start: \/ip4\/192\.0\.2\.1\/tcp\/4240/],
  ] as const;
  for (const [line, code, said] of cases) {
    const { exitCode, stdout, stderr } = await cdmesh(line);
    assert.equal(exitCode, code, `${line.join(" ")}\n${stderr}`);
    assert.match(stderr, said);
    assert.equal(stdout, "");
  }
  await chmod(join(data, "peer.key"), 0o644);
  const open = await cdmesh(words);
  assert.equal(open.exitCode, 78);
  assert.match(open.stderr, /peer\.key can be read or changed by others \(mode 644\)/);
});
