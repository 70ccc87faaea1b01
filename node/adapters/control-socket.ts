/**
 * The control socket: how tools on this machine speak to a running peer.
 *
 * HTTP with JSON over DATA/control.sock, for the owner of the directory only; no port is opened
 * for it. What may be asked is handed in as routes, each under its version. A tool that goes away
 * calls off what it asked for.
 */

import { chmod, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { describeRefusal } from "../../protocol/refusal.ts";
import { type Log, RefusedError } from "../ports.ts";
import { openSocketPath, type SocketPath } from "./socket-path.ts";

export const controlSocketName = "control.sock";

export interface ControlRequest {
  /** The part of the address behind `?`. */
  readonly query: ReadonlyMap<string, string>;
  /** What a POST brought, as JSON says it; undefined for a GET. */
  readonly body: unknown;
  /** Aborts when the asker has gone. */
  readonly signal: AbortSignal;
}

/** Answers with anything that JSON can say; a RefusedError is for the asker to read. */
export type ControlRoute = (request: ControlRequest) => unknown;

/** By method and path, such as "GET /v1/status"; what changes state is asked with POST. */
export type ControlRoutes = ReadonlyMap<string, ControlRoute>;

export interface ControlSocketOptions {
  /** DATA, held by this process: a socket that lies there is a dead one's. */
  readonly directory: string;
  readonly routes: ControlRoutes;
  readonly log: Log;
}

export class ControlSocket {
  readonly #options: ControlSocketOptions;
  readonly #server: Server;
  readonly #socketPath: SocketPath;

  private constructor(options: ControlSocketOptions, server: Server, socketPath: SocketPath) {
    this.#options = options;
    this.#server = server;
    this.#socketPath = socketPath;
    server.on("request", (request, response) => void this.#answer(request, response));
    server.on("error", (error) => options.log.write("error", "control-failed", { why: error.message }));
  }

  static async open(options: ControlSocketOptions): Promise<ControlSocket> {
    const { directory } = options;
    await rm(join(directory, controlSocketName), { force: true });
    const socketPath = await openSocketPath(directory, controlSocketName);
    const socket = new ControlSocket(options, createServer(), socketPath);
    try {
      await socket.#listen();
      await chmod(socketPath.path, 0o600);
    } catch (error) {
      await socket.close();
      throw error;
    }
    return socket;
  }

  /** Answers no more; what is under way is called off. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeAllConnections();
    await closed;
    await this.#socketPath.close();
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#socketPath.path, resolve);
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://peer");
    const asked = `${request.method} ${pathname}`;
    const route = this.#options.routes.get(asked);
    if (route === undefined) {
      const known = [...this.#options.routes.keys()].join(", ");
      send(response, 404, problem("route-unknown", `${asked} is none of ${known}`));
      return;
    }
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    try {
      const body = request.method === "POST" ? await readBody(request) : undefined;
      send(response, 200, await route({ query: new Map(searchParams), body, signal: gone.signal }));
    } catch (error) {
      if (gone.signal.aborted) return;
      if (error instanceof RefusedError) {
        const { refusal } = error;
        send(response, 409, problem(refusal.code, "detail" in refusal ? refusal.detail : describeRefusal(refusal)));
        return;
      }
      const why = error instanceof Error ? error.message : String(error);
      this.#options.log.write("error", "control-request-failed", { path: pathname, why });
      send(response, 500, problem("failed", why));
    }
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > bodyBytesMax) throw malformed(`it has more than ${bodyBytesMax} bytes`);
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    throw malformed("it is no JSON");
  }
}

function malformed(why: string): RefusedError {
  return new RefusedError({ code: "message-malformed", detail: `the request cannot be read: ${why}` });
}

/** A list of paths to act on, and room. */
const bodyBytesMax = 4 * 1024 * 1024;

function problem(code: string, message: string): object {
  return { error: { code, message } };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" });
  response.end(`${JSON.stringify(body)}\n`);
}
