import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { type ControlRoute, ControlSocket, controlSocketName } from "../../../node/adapters/control-socket.ts";
import { openSocketPath } from "../../../node/adapters/socket-path.ts";
import { RefusedError } from "../../../node/ports.ts";
import { FakeLog } from "../../../simulations/world/log.ts";
import { World } from "../../../simulations/world/world.ts";
import { askPeer, askStatus, askVerification, type ControlError } from "../../../tools/cli/control-client.ts";

const status = { version: 1, peer: "p", site: "s", peers: [], folders: [] };
const verification = { outcome: "identical", deep: false, folders: [] };
const never = new AbortController().signal;

async function scratch(context: TestContext, below = ""): Promise<string> {
  const base = await mkdtemp(join(tmpdir(), "cdmesh-control-"));
  context.after(() => rm(base, { recursive: true, force: true }));
  const directory = join(base, below);
  await mkdir(directory, { recursive: true });
  return directory;
}

async function openSocket(context: TestContext, directory: string, routes: Readonly<Record<string, ControlRoute>>) {
  const log = new FakeLog(new World(1));
  const socket = await ControlSocket.open({ directory, routes: new Map(Object.entries(routes)), log });
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await socket.close();
    isOpen = false;
  };
  context.after(close);
  return { log, close };
}

/** What a killed process leaves: a name that nobody listens on. */
async function leaveSocket(path: string): Promise<void> {
  const script = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  await once(spawn(process.execPath, ["--eval", script]), "exit");
}

const failing = (failure: ControlError["failure"]) => ({ name: "ControlError", failure });

test("a running peer answers for the owner of its directory alone", async (context) => {
  const directory = await scratch(context);
  await openSocket(context, directory, { "GET /v1/status": () => status });
  assert.deepEqual(await askStatus(directory), status);
  assert.equal((await stat(join(directory, controlSocketName))).mode & 0o777, 0o600);
});

test("a data directory as deep as the platform allows has a socket like any other", async (context) => {
  const directory = await scratch(context, Array.from({ length: 20 }, () => "deep-directory").join("/"));
  const { close } = await openSocket(context, directory, { "GET /v1/status": () => status });
  assert.deepEqual(await askStatus(directory), status);
  await close();
  await assert.rejects(askStatus(directory), failing("not-running"));
  await assert.rejects(stat(join(directory, controlSocketName)), { code: "ENOENT" });
});

test("without a peer the message says so, and how to start one", async (context) => {
  const directory = await scratch(context);
  await assert.rejects(askStatus(directory), (error: ControlError) => {
    return error.failure === "not-running" && error.message.includes(`cdmesh start --data ${directory}`);
  });
  await assert.rejects(askStatus(join(directory, "absent")), failing("not-running"));
});

test("a socket that a killed process left is no peer, and stands in nobody's way", async (context) => {
  const directory = await scratch(context);
  const path = join(directory, controlSocketName);
  await leaveSocket(path);
  await assert.rejects(askStatus(directory), failing("not-running"));
  await openSocket(context, directory, { "GET /v1/status": () => status });
  assert.deepEqual(await askStatus(directory), status);
});

test("verify tells how deep, takes its time, and is called off with its asker", async (context) => {
  const directory = await scratch(context);
  const asked: (string | undefined)[] = [];
  const { promise: calledOff, resolve: callOff } = Promise.withResolvers<void>();
  await openSocket(context, directory, {
    "GET /v1/verify": async ({ query, signal }) => {
      asked.push(query.get("deep"));
      if (asked.length < 3) return verification;
      signal.addEventListener("abort", () => callOff());
      await calledOff;
      throw signal.reason;
    },
  });
  assert.deepEqual(await askVerification(directory, { deep: false, signal: never }), verification);
  assert.deepEqual(await askVerification(directory, { deep: true, signal: never }), verification);
  const impatient = new AbortController();
  const asking = askVerification(directory, { deep: true, signal: impatient.signal });
  while (asked.length < 3) await new Promise((resolve) => setImmediate(resolve));
  impatient.abort();
  await assert.rejects(asking, failing("no-answer"));
  await calledOff;
  assert.deepEqual(asked, ["false", "true", "true"]);
});

test("a route that fails answers with its reason and is logged", async (context) => {
  const directory = await scratch(context);
  const { log } = await openSocket(context, directory, {
    "GET /v1/status": () => {
      throw new Error("the store is damaged");
    },
  });
  await assert.rejects(askStatus(directory), { ...failing("refused"), message: "the store is damaged" });
  assert.deepEqual(
    log.lines.map(({ event, facts }) => [event, facts["path"]]),
    [["control-request-failed", "/v1/status"]],
  );
});

test("what answers but is no peer of this version is told as that", async (context) => {
  const directory = await scratch(context);
  let answer: unknown = { ...status, version: 2 };
  await openSocket(context, directory, { "GET /v1/status": () => answer });
  await assert.rejects(askStatus(directory), failing("unintelligible"));
  answer = { hello: "world" };
  await assert.rejects(askStatus(directory), failing("unintelligible"));
  answer = null;
  await assert.rejects(askStatus(directory), failing("unintelligible"));
});

test("an unknown route and another method are refused with what there is; a refusal is told as it is", async (context) => {
  const directory = await scratch(context);
  await openSocket(context, directory, { "GET /v1/status": () => status });
  await assert.rejects(askVerification(directory, { deep: false, signal: never }), {
    ...failing("refused"),
    message: "GET /v1/verify is none of GET /v1/status",
  });
  const posted = request({ socketPath: join(directory, controlSocketName), path: "/v1/status", method: "POST" }).end();
  const response = await new Promise<IncomingMessage>((resolve) => posted.on("response", resolve));
  response.resume();
  assert.equal(response.statusCode, 404);
});

test("a POST brings its body; what the peer refuses is told in its own words", async (context) => {
  const directory = await scratch(context);
  await openSocket(context, directory, {
    "POST /v1/echo": ({ body }) => body,
    "POST /v1/no": () => {
      throw new RefusedError({ code: "version-unknown", detail: "there is no kept version 7 of a.txt" });
    },
  });
  const body = { paths: ["a", "b"] };
  assert.deepEqual(await askPeer(directory, { method: "POST", path: "/v1/echo", body }), body);
  await assert.rejects(askPeer(directory, { method: "POST", path: "/v1/no", body: {} }), {
    ...failing("refused"),
    message: "there is no kept version 7 of a.txt",
  });
  await assert.rejects(askPeer(directory, { method: "POST", path: "/v1/echo", body: "x".repeat(5_000_000) }));
});

test("a peer that stops while it is asked is told as that", async (context) => {
  const directory = await scratch(context);
  const { promise: isAsked, resolve: ask } = Promise.withResolvers<void>();
  const { close } = await openSocket(context, directory, {
    "GET /v1/status": () => {
      ask();
      return new Promise(() => {});
    },
  });
  const asking = assert.rejects(askStatus(directory), failing("no-answer"));
  await isAsked;
  await close();
  await asking;
});

test("a short name is used as it is", async (context) => {
  const directory = await scratch(context);
  const socket = await openSocketPath(directory, "control.sock");
  assert.equal(socket.path, join(directory, "control.sock"));
  await socket.close();
});
