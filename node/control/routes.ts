/** What the control socket answers: methods and paths under their version. They are added, never changed. */

import { z } from "zod";
import { RefusedError } from "../ports.ts";
import type { Control } from "./control.ts";

export interface ControlRequest {
  readonly query: ReadonlyMap<string, string>;
  readonly body: unknown;
  readonly signal: AbortSignal;
}

export function controlRoutes(control: Control): ReadonlyMap<string, (request: ControlRequest) => unknown> {
  return new Map<string, (request: ControlRequest) => unknown>([
    ["GET /v1/status", () => control.status()],
    [
      "GET /v1/writers",
      ({ query }) => control.writers.report(questionOf(writersSchema, Object.fromEntries(query)).peer),
    ],
    ["GET /v1/versions", ({ query }) => control.versions.list(questionOf(versionsSchema, Object.fromEntries(query)))],
    ["POST /v1/versions/restore", ({ body }) => control.versions.restore(questionOf(restoreSchema, body))],
    ["GET /v1/erase", ({ query }) => control.erasing.look(questionOf(erasableSchema, Object.fromEntries(query)))],
    ["POST /v1/erase", ({ body }) => control.erasing.erase(questionOf(erasureSchema, body))],
    ["GET /v1/verify", ({ query, signal }) => control.verify({ deep: query.get("deep") === "true", signal })],
    ["GET /v1/deletes", ({ query }) => control.deletes.report(questionOf(deletesSchema, Object.fromEntries(query)))],
    ["POST /v1/deletes/release", ({ body }) => control.deletes.decide("release", questionOf(deletesSchema, body))],
    ["POST /v1/deletes/discard", ({ body }) => control.deletes.decide("discard", questionOf(deletesSchema, body))],
  ]);
}

/** A peer id, or the name of a server. */
const writersSchema = z.object({ peer: z.string() });

const versionsSchema = z.object({
  folder: z.string(),
  path: z.string().optional(),
  below: z.string().optional(),
  after: z.string().optional(),
});

const restoreSchema = z.object({
  folder: z.string(),
  path: z.string(),
  version: z.int().min(0),
  to: z.string().optional(),
});

const erasableSchema = z.object({ folder: z.string(), path: z.string() });

/** An envelope in base64. */
const erasureSchema = z.object({ erasure: z.string() });

const deletesSchema = z.object({
  folder: z.string(),
  /** In a query one a line. */
  paths: z.union([z.array(z.string()), z.string().transform((text) => text.split("\n"))]).default([]),
});

function questionOf<Question>(schema: z.ZodType<Question>, given: unknown): Question {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const fields = read.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new RefusedError({ code: "request-malformed", detail: `the request cannot be read: ${fields.join("; ")}` });
}
