/** Asks the peer that runs on a data directory, over its control socket. */

import { request } from "node:http";
import { controlSocketName } from "../../node/adapters/control-socket.ts";
import { openSocketPath } from "../../node/adapters/socket-path.ts";
import type { Status } from "../../node/control/control.ts";
import type { DeletesAnswer, DeletesQuestion, DeletesReport, DeletesVerdict } from "../../node/control/deletes.ts";
import type { Erasable } from "../../node/control/erasing.ts";
import type { Restored, RestoreQuestion, VersionsQuestion, VersionsReport } from "../../node/control/versions.ts";
import type { WritersReport } from "../../node/control/writers.ts";
import type { Verification } from "../../node/control/verifier.ts";

/** Why no answer came. `not-running` and `no-answer` may pass by themselves. */
export type ControlFailure = "not-running" | "not-permitted" | "no-answer" | "refused" | "unintelligible";

export class ControlError extends Error {
  readonly failure: ControlFailure;
  constructor(failure: ControlFailure, message: string) {
    super(message);
    this.name = "ControlError";
    this.failure = failure;
  }
}

const answerTimeoutMs = 10_000;

export interface Asked {
  /** What changes state is asked with POST. */
  readonly method: "GET" | "POST";
  /** With its query. */
  readonly path: string;
  /** What a POST brings. */
  readonly body?: unknown;
  /** Without one the answer has ten seconds. */
  readonly signal?: AbortSignal;
}

/** @throws ControlError */
export async function askStatus(dataDirectory: string): Promise<Status> {
  const answer = await askPeer(dataDirectory, { method: "GET", path: "/v1/status" });
  if (!isStatus(answer)) throw unintelligible(dataDirectory);
  return answer;
}

/**
 * Takes as long as it takes.
 * @throws ControlError
 */
export async function askVerification(
  dataDirectory: string,
  options: { readonly deep: boolean; readonly signal: AbortSignal },
): Promise<Verification> {
  const answer = await askPeer(dataDirectory, {
    method: "GET",
    path: `/v1/verify?deep=${options.deep}`,
    signal: options.signal,
  });
  if (!isVerification(answer)) throw unintelligible(dataDirectory);
  return answer;
}

/**
 * One page of what the peer keeps.
 * @throws ControlError
 */
export async function askVersions(dataDirectory: string, question: VersionsQuestion): Promise<VersionsReport> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(question)) if (value !== undefined) query.set(name, String(value));
  const answer = await askPeer(dataDirectory, { method: "GET", path: `/v1/versions?${query.toString()}` });
  if (!isVersions(answer)) throw unintelligible(dataDirectory);
  return answer;
}

/**
 * Copies a whole file: it takes as long as it takes.
 * @throws ControlError
 */
export async function askRestore(dataDirectory: string, body: RestoreQuestion): Promise<Restored> {
  const { signal } = new AbortController();
  const answer = await askPeer(dataDirectory, { method: "POST", path: "/v1/versions/restore", body, signal });
  if (!isRestored(answer)) throw unintelligible(dataDirectory);
  return answer;
}

/** @throws ControlError */
export async function askWriters(dataDirectory: string, peer: string): Promise<WritersReport> {
  const query = new URLSearchParams({ peer });
  const answer = await askPeer(dataDirectory, { method: "GET", path: `/v1/writers?${query.toString()}` });
  if (!isWriters(answer)) throw unintelligible(dataDirectory);
  return answer;
}

/** @throws ControlError */
export async function askDeletes(dataDirectory: string, { folder, paths }: DeletesQuestion): Promise<DeletesReport> {
  const query = new URLSearchParams({ folder, ...(paths.length > 0 && { paths: paths.join("\n") }) });
  const answer = await askPeer(dataDirectory, { method: "GET", path: `/v1/deletes?${query.toString()}` });
  if (!isDeletes(answer)) throw unintelligible(dataDirectory);
  return answer;
}

/**
 * What is taken back is written anew: it takes as long as it takes.
 * @throws ControlError
 */
export async function decideDeletes(
  dataDirectory: string,
  verdict: DeletesVerdict,
  body: DeletesQuestion,
): Promise<DeletesAnswer> {
  const { signal } = new AbortController();
  const answer = await askPeer(dataDirectory, { method: "POST", path: `/v1/deletes/${verdict}`, body, signal });
  if (!isDeletesAnswer(answer)) throw unintelligible(dataDirectory);
  return answer;
}

/**
 * What an erasure of a path has to say.
 * @throws ControlError
 */
export async function askErasable(dataDirectory: string, folder: string, path: string): Promise<Erasable> {
  const query = new URLSearchParams({ folder, path });
  const answer = await askPeer(dataDirectory, { method: "GET", path: `/v1/erase?${query.toString()}` });
  if (!isErasable(answer)) throw unintelligible(dataDirectory);
  return answer;
}

/** @throws ControlError */
export async function eraseAt(dataDirectory: string, envelope: Uint8Array): Promise<void> {
  const erasure = Buffer.from(envelope).toString("base64");
  await askPeer(dataDirectory, { method: "POST", path: "/v1/erase", body: { erasure } });
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * Any question to a running peer; what it answers is for the asker to check.
 * @throws ControlError
 */
export async function askPeer(dataDirectory: string, asked: Asked): Promise<unknown> {
  const { status, text } = await answerTo(dataDirectory, asked);
  const answer = parseJson(text);
  if (status === 200) return answer;
  const message = messageOf(answer);
  throw message === undefined ? unintelligible(dataDirectory) : new ControlError("refused", message);
}

async function answerTo(dataDirectory: string, asked: Asked): Promise<Answer> {
  const signal = asked.signal ?? AbortSignal.timeout(answerTimeoutMs);
  try {
    const socket = await openSocketPath(dataDirectory, controlSocketName);
    try {
      return await exchange(socket.path, asked, signal);
    } finally {
      await socket.close();
    }
  } catch (error) {
    throw explained(error, dataDirectory, signal);
  }
}

function exchange(socketPath: string, { method, path, body }: Asked, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") });
      });
    });
    asked.on("error", reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function explained(error: unknown, dataDirectory: string, signal: AbortSignal): unknown {
  if (signal.aborted) return new ControlError("no-answer", `the peer on ${dataDirectory} did not answer in time`);
  switch (error instanceof Error && "code" in error ? error.code : undefined) {
    case "ENOENT":
    case "ENOTDIR":
    // A socket of a process that was killed: nobody listens on it.
    case "ECONNREFUSED":
      return new ControlError(
        "not-running",
        `no peer runs on ${dataDirectory}; cdmesh start --data ${dataDirectory} ...`,
      );
    case "EACCES":
    case "EPERM":
      return new ControlError("not-permitted", `the peer on ${dataDirectory} belongs to another user`);
    case "ECONNRESET":
    case "EPIPE":
      return new ControlError("no-answer", `the peer on ${dataDirectory} stopped before it answered`);
    default:
      return error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A peer of another version may say more than this tool knows, never less. */
function isStatus(answer: unknown): answer is Status {
  return (
    hasFields(answer, ["version", "peer", "site", "peers", "folders"]) &&
    answer["version"] === 1 &&
    Array.isArray(answer["peers"]) &&
    Array.isArray(answer["folders"])
  );
}

function isWriters(answer: unknown): answer is WritersReport {
  return hasFields(answer, ["peer", "writers"]) && Array.isArray(answer["writers"]);
}

function isDeletes(answer: unknown): answer is DeletesReport {
  return hasFields(answer, ["folder", "waiting"]) && Array.isArray(answer["waiting"]);
}

function isDeletesAnswer(answer: unknown): answer is DeletesAnswer {
  return hasFields(answer, ["folder", "verdict", "files"]);
}

function isVerification(answer: unknown): answer is Verification {
  return hasFields(answer, ["outcome", "deep", "folders"]) && Array.isArray(answer["folders"]);
}

function isVersions(answer: unknown): answer is VersionsReport {
  return hasFields(answer, ["folder", "versions"]) && Array.isArray(answer["versions"]);
}

function isErasable(answer: unknown): answer is Erasable {
  return hasFields(answer, ["site", "folder", "path", "covers"]) && Array.isArray(answer["covers"]);
}

function isRestored(answer: unknown): answer is Restored {
  return hasFields(answer, ["folder", "path", "version"]);
}

function messageOf(answer: unknown): string | undefined {
  const error = hasFields(answer, ["error"]) ? answer["error"] : undefined;
  return hasFields(error, ["message"]) ? String(error["message"]) : undefined;
}

function hasFields(value: unknown, names: readonly string[]): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && names.every((name) => name in value);
}

function unintelligible(dataDirectory: string): ControlError {
  return new ControlError("unintelligible", `what answers on ${dataDirectory} is no peer of this version`);
}
