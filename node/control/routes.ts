/** What the control socket answers: methods and paths under their version. They are added, never changed. */

import type { Control } from "./control.ts";

export interface ControlRequest {
  readonly query: ReadonlyMap<string, string>;
  readonly body: unknown;
  readonly signal: AbortSignal;
}

export function controlRoutes(control: Control): ReadonlyMap<string, (request: ControlRequest) => unknown> {
  return new Map<string, (request: ControlRequest) => unknown>([
    ["GET /v1/status", () => control.status()],
    ["GET /v1/verify", ({ query, signal }) => control.verify({ deep: query.get("deep") === "true", signal })],
  ]);
}
