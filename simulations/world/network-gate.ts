/**
 * Admission in a simulated network: the rules of node/adapters/libp2p/gate.ts, on simulated
 * connections. Both sides judge; what comes early waits at the door; one connection stays.
 */

import type { Admission, Cancel } from "../../node/ports.ts";
import { limits } from "../../protocol/limits.ts";
import type { PeerId } from "../../protocol/ids.ts";
import type { Refusal } from "../../protocol/refusal.ts";
import { type HelloAnswer, type Refused, refusedOf } from "../../protocol/wire/admission.ts";
import type { End } from "./network-connection.ts";
import type { Stage } from "./world.ts";

export type Passed = "admitted" | "refused" | "superseded" | "lost";

export interface GateEvents {
  onAdmitted(peer: PeerId): void;
  onLost(peer: PeerId): void;
  onRefused(peer: PeerId, by: "us" | "them", refusal: Refusal | Refused): void;
}

interface Passage {
  readonly end: End;
  phase: "talking" | "admitted" | "over";
  /** The other side showed itself. */
  isHeard: boolean;
  admittedMs: number;
  readonly held: (() => void)[];
  readonly passed: PromiseWithResolvers<Passed>;
  readonly stopTimer: Cancel;
}

export class FakeGate {
  readonly #stage: Stage;
  readonly #self: PeerId;
  readonly #admission: Admission;
  readonly #events: GateEvents;
  readonly #passages = new Map<End, Passage>();
  readonly #current = new Map<PeerId, Passage>();

  constructor(stage: Stage, self: PeerId, admission: Admission, events: GateEvents) {
    this.#stage = stage;
    this.#self = self;
    this.#admission = admission;
    this.#events = events;
  }

  meet(end: End): Promise<Passed> {
    const passage: Passage = {
      end,
      phase: "talking",
      isHeard: false,
      admittedMs: 0,
      held: [],
      passed: Promise.withResolvers(),
      stopTimer: this.#stage.schedule(limits.helloTimeoutMs, () => {
        this.#refuse(passage, "us", { code: "hello-timeout", waitedMs: limits.helloTimeoutMs });
        end.close();
      }),
    };
    const others = this.#passagesTo(end.peer);
    this.#passages.set(end, passage);
    if (end.isDialed) {
      if (others.some((other) => other.end.isDialed || other.isHeard)) this.#supersede(passage);
      else this.#sayHello(passage);
    }
    return passage.passed.promise;
  }

  hear(end: End, answer: HelloAnswer): void {
    const passage = this.#passages.get(end);
    if (passage === undefined || passage.phase === "over") return;
    switch (answer.kind) {
      case "hello":
        return this.#judge(passage, answer.hello);
      case "refused":
        this.#refuse(passage, "them", answer.refused);
        return end.close();
      case "already-connected":
        return this.#supersede(passage);
      case "welcome":
        return this.#admit(passage);
    }
  }

  closed(end: End): void {
    const passage = this.#passages.get(end);
    if (passage === undefined) return;
    this.#end(passage, "lost");
    this.#passages.delete(end);
  }

  current(peer: PeerId): End | undefined {
    return this.#current.get(peer)?.end;
  }

  connected(): readonly PeerId[] {
    return [...this.#current.keys()];
  }

  /** Does it now, or once the connection is admitted, or never. */
  whenAdmitted(end: End, act: () => void): void {
    const passage = this.#passages.get(end);
    if (passage?.phase === "admitted") act();
    else if (passage?.phase === "talking") passage.held.push(act);
  }

  dismiss(peer: PeerId, refusal: Refusal): void {
    const passage = this.#current.get(peer);
    if (passage === undefined) return;
    this.#refuse(passage, "us", refusal);
    this.#say(passage, { kind: "refused", refused: refusedOf(refusal) });
    passage.end.close();
  }

  stop(): void {
    for (const { end } of [...this.#passages.values()]) end.close();
  }

  #judge(passage: Passage, hello: Uint8Array): void {
    const { end } = passage;
    passage.isHeard = true;
    const refusal = this.#admission.judge(end.peer, hello);
    if (refusal !== undefined) {
      this.#refuse(passage, "us", refusal);
      this.#say(passage, { kind: "refused", refused: refusedOf(refusal) });
      end.close();
    } else if (end.isDialed) {
      this.#say(passage, { kind: "welcome" });
      this.#admit(passage);
    } else if (this.#ownDialGoesFirst(passage)) {
      this.#say(passage, { kind: "already-connected" });
      this.#supersede(passage);
    } else {
      for (const other of this.#passagesTo(end.peer)) {
        if (other.end.isDialed && other.phase === "talking") this.#supersede(other);
      }
      this.#sayHello(passage);
    }
  }

  #ownDialGoesFirst(passage: Passage): boolean {
    if (this.#self > passage.end.peer) return false;
    return this.#passagesTo(passage.end.peer).some(
      (other) =>
        other.end.isDialed &&
        (other.phase === "talking" || this.#stage.nowMs - other.admittedMs < limits.helloTimeoutMs),
    );
  }

  #admit(passage: Passage): void {
    const { peer } = passage.end;
    const former = this.#current.get(peer);
    if (former !== undefined) this.#supersede(former);
    passage.stopTimer();
    passage.phase = "admitted";
    passage.admittedMs = this.#stage.nowMs;
    this.#current.set(peer, passage);
    this.#events.onAdmitted(peer);
    passage.passed.resolve("admitted");
    for (const act of passage.held.splice(0)) act();
  }

  #sayHello(passage: Passage): void {
    const hello = this.#admission.hello();
    if (hello.length > limits.helloBytesMax) throw new Error(`a hello of ${hello.length} bytes`);
    this.#say(passage, { kind: "hello", hello: Uint8Array.from(hello) });
  }

  #say(passage: Passage, answer: HelloAnswer): void {
    passage.end.send({ kind: "talk", answer }, answer.kind === "hello" ? answer.hello.length : 64);
  }

  #supersede(passage: Passage): void {
    this.#end(passage, "superseded");
    passage.end.close();
  }

  #refuse(passage: Passage, by: "us" | "them", refusal: Refusal | Refused): void {
    if (passage.phase === "over") return;
    this.#end(passage, "refused");
    this.#events.onRefused(passage.end.peer, by, refusal);
  }

  #end(passage: Passage, passed: Passed): void {
    const wasAdmitted = passage.phase === "admitted";
    passage.phase = "over";
    passage.stopTimer();
    passage.held.length = 0;
    passage.passed.resolve(passed);
    if (!wasAdmitted) return;
    this.#current.delete(passage.end.peer);
    this.#events.onLost(passage.end.peer);
  }

  #passagesTo(peer: PeerId): readonly Passage[] {
    return [...this.#passages.values()].filter(({ end, phase }) => end.peer === peer && phase !== "over");
  }
}
