/** Waiting for something that shows only when one looks: bounded, and with a name when it never comes. */

import { setTimeout as pause } from "node:timers/promises";

export async function eventually(
  what: string,
  look: () => Promise<boolean>,
  { everyMs = 20, limitMs = 300_000 }: { readonly everyMs?: number; readonly limitMs?: number } = {},
): Promise<void> {
  const deadlineMs = performance.now() + limitMs;
  while (!(await look())) {
    if (performance.now() > deadlineMs) throw new Error(`waited ${limitMs / 1000} s in vain until ${what}`);
    await pause(everyMs);
  }
}
