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
    ["GET /v1/versions", ({ query }) => control.versions.list(questionOf(versionsSchema, Object.fromEntries(query)))],
    ["POST /v1/versions/restore", ({ body }) => control.versions.restore(questionOf(restoreSchema, body))],
    ["GET /v1/verify", ({ query, signal }) => control.verify({ deep: query.get("deep") === "true", signal })],
    ["GET /v1/deletes", ({ query }) => deletesIn(Object.fromEntries(query), (...asked) => control.deletes(...asked))],
    [
      "POST /v1/deletes/release",
      ({ body }) => deletesIn(body, (...asked) => control.decideDeletes("release", ...asked)),
    ],
    [
      "POST /v1/deletes/discard",
      ({ body }) => deletesIn(body, (...asked) => control.decideDeletes("discard", ...asked)),
    ],
  ]);
}

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

function questionOf<Question>(schema: z.ZodType<Question>, given: unknown): Question {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const fields = read.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new RefusedError({ code: "request-malformed", detail: `the request cannot be read: ${fields.join("; ")}` });
}

/** One folder, and paths in it with all that is below them; no paths: all of it. */
const deletesSchema = z.object({
  folder: z.string(),
  paths: z.union([z.array(z.string()), z.string().transform((text) => text.split("\n"))]).default([]),
});

function deletesIn<Answer>(asked: unknown, answer: (folder: string, paths: readonly string[]) => Answer): Answer {
  const read = deletesSchema.safeParse(asked);
  if (!read.success) throw new RefusedError({ code: "request-malformed", detail: "folder and paths are asked for" });
  return answer(read.data.folder, read.data.paths);
}
