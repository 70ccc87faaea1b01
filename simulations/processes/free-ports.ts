/** Ports of the loopback address that nobody listens on now. */

import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** Different ones: all are held before the first is given back. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers: Server[] = [];
  const ports: number[] = [];
  for (let number = 0; number < count; number += 1) {
    const server = createServer().listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    const address = server.address();
    if (address !== null && typeof address === "object") ports.push(address.port);
  }
  for (const server of servers) {
    server.close();
    await once(server, "close");
  }
  return ports;
}
