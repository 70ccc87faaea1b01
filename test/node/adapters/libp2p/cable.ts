/** A way to a peer that can fall silent, for the tests of the libp2p network. */

import { connect, createServer, type Server, type Socket } from "node:net";
import type { TestContext } from "node:test";
import type { Libp2pNetwork } from "../../../../node/adapters/libp2p/host.ts";

export class Cable {
  readonly #speaking = new Set<Socket>();
  readonly #server: Server;

  private constructor(port: number) {
    this.#server = createServer((near) => {
      const far = connect(port, "127.0.0.1");
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#speaking.add(from);
        from.on("data", (bytes) => this.#speaking.has(from) && to.write(bytes));
        from.on("error", () => undefined);
        from.on("close", () => to.destroy());
      }
    });
  }

  static async to(t: TestContext, peer: Libp2pNetwork): Promise<Cable> {
    const [, port] = /\/tcp\/(\d+)/.exec(peer.addresses().join()) ?? [];
    const cable = new Cable(Number(port));
    await new Promise<void>((resolve) => cable.#server.listen(0, "127.0.0.1", resolve));
    t.after(() => cable.#server.close());
    return cable;
  }

  get address(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the cable is not laid");
    return `/ip4/127.0.0.1/tcp/${address.port}`;
  }

  /** On what is open nothing passes any more, as while TCP waits after a cut; what is opened later is fine. */
  silence(): void {
    this.#speaking.clear();
  }
}
