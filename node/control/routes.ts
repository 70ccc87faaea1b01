/** What the control socket answers: paths under their version. Paths are added, never changed. */

import type { Control } from "./control.ts";

export interface ControlRequest {
  readonly query: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
}

export function controlRoutes(control: Control): ReadonlyMap<string, (request: ControlRequest) => unknown> {
  return new Map<string, (request: ControlRequest) => unknown>([
    ["/v1/status", () => control.status()],
    ["/v1/verify", ({ query, signal }) => control.verify({ deep: query.get("deep") === "true", signal })],
  ]);
}
