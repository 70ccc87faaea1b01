/** Asks all peers of the demo how they are, a few times a second, and works out how fast they go. */

import type { PeerProcess, PeerStatusReport } from "../../simulations/processes/peer-process.ts";
import type { Actor } from "./stage.ts";

export interface Sighting {
  readonly place: string;
  readonly state: "starting" | "scanning" | "syncing" | "idle" | "killed";
  /** Other peers that it is connected to. */
  readonly connected: number;
  readonly files: number;
  readonly missingFiles: number;
  /** Over the network, in all lives of its process. */
  readonly bytesFetched: number;
  readonly bytesPerSecond: number;
  /** The most of all its lives; 0 where the platform does not tell. */
  readonly memoryPeakBytes: number;
}

const intervalMs = 250;
/** A rate of less time would jump. */
const rateMs = 1_500;

export class Observer {
  readonly #onSeen: () => void;
  readonly #watches: readonly ActorWatch[];
  #timer: NodeJS.Timeout | undefined;

  /** @param onSeen after each round */
  constructor(actors: readonly Actor[], onSeen: () => void) {
    this.#watches = actors.map((actor) => new ActorWatch(actor));
    this.#onSeen = onSeen;
  }

  start(): void {
    const round = (): void => {
      void Promise.all(this.#watches.map((watch) => watch.look())).then(() => {
        this.#onSeen();
        if (this.#timer !== undefined) this.#timer = setTimeout(round, intervalMs);
      });
    };
    this.#timer = setTimeout(round, 0);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  sightings(): readonly Sighting[] {
    return this.#watches.map((watch) => watch.seen);
  }

  sighting(actor: Actor): Sighting {
    const found = this.#watches.find((watch) => watch.actor === actor);
    if (found === undefined) throw new Error(`${actor.place} is not observed`);
    return found.seen;
  }
}

class ActorWatch {
  readonly actor: Actor;
  seen: Sighting;
  /** Of lives that are over. */
  #fetchedBefore = 0;
  #fetchedNow = 0;
  #samples: readonly { readonly atMs: number; readonly bytes: number }[] = [];

  constructor(actor: Actor) {
    this.actor = actor;
    this.seen = {
      place: actor.place,
      state: "starting",
      connected: 0,
      files: 0,
      missingFiles: 0,
      bytesFetched: 0,
      bytesPerSecond: 0,
      memoryPeakBytes: 0,
    };
  }

  async look(): Promise<void> {
    const { process: peer } = this.actor;
    const status = await answerOf(peer);
    if (status === undefined) {
      this.seen = {
        ...this.seen,
        state: peer.pid === undefined ? "killed" : "starting",
        connected: 0,
        bytesPerSecond: 0,
      };
      return;
    }
    const [folder] = status.folders;
    if (folder === undefined) return;
    // A new life counts from zero.
    if (folder.bytesFetched < this.#fetchedNow) this.#fetchedBefore += this.#fetchedNow;
    this.#fetchedNow = folder.bytesFetched;
    const bytesFetched = this.#fetchedBefore + this.#fetchedNow;
    this.seen = {
      place: this.actor.place,
      state: folder.state,
      connected: status.peers.filter(({ state }) => state === "connected").length,
      files: folder.files,
      missingFiles: folder.missingFiles,
      bytesFetched,
      bytesPerSecond: this.#rate(bytesFetched),
      memoryPeakBytes: Math.max(this.seen.memoryPeakBytes, peer.memoryPeakBytes() ?? 0),
    };
  }

  #rate(bytes: number): number {
    const atMs = performance.now();
    this.#samples = [...this.#samples.filter((sample) => sample.atMs > atMs - rateMs), { atMs, bytes }];
    const [first] = this.#samples;
    return first === undefined || first.atMs === atMs ? 0 : ((bytes - first.bytes) * 1_000) / (atMs - first.atMs);
  }
}

async function answerOf(peer: PeerProcess): Promise<PeerStatusReport | undefined> {
  try {
    return await peer.status();
  } catch {
    // It starts, or is killed: the next round asks again.
    return undefined;
  }
}
