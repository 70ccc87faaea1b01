/**
 * One bench at a time on a machine: two would measure each other. The turn is a Linux abstract
 * socket, which the system takes back however its holder ends.
 */

import { once } from "node:events";
import { createServer } from "node:net";

/** @throws while another process, or this one, has the turn. Answers what gives it back. */
export async function takeTurn(name = "cdmesh-bench"): Promise<() => Promise<void>> {
  const holder = createServer();
  try {
    await once(holder.listen(`\0${name}`), "listening");
  } catch (failure) {
    throw new Error("another bench runs on this machine; two would measure each other", { cause: failure });
  }
  return async () => {
    await once(holder.close(), "close");
  };
}
