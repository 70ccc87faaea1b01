import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { healthOf } from "../../../protocol/membership/health.ts";
import {
  isOpen,
  type PeerState,
  peerStates,
  type Presence,
  type PresenceEvent,
  seenMsOf,
  startPresence,
  stepPresence,
} from "../../../protocol/membership/member.ts";
import { paceOf } from "../../../protocol/membership/pace.ts";

const pace = paceOf(6);

/** What may happen, with three lengths of silence told apart. */
type Happening = Exclude<PresenceEvent["kind"], "listened"> | "short-silence" | "silence" | "long-silence";
const happenings: readonly Happening[] = [
  "opened",
  "closed",
  "heard",
  "said-goodbye",
  "short-silence",
  "silence",
  "long-silence",
];

const events: Record<Happening, PresenceEvent> = {
  opened: { kind: "opened", atMs: 9 },
  closed: { kind: "closed" },
  heard: { kind: "heard", atMs: 9 },
  "said-goodbye": { kind: "said-goodbye", atMs: 9 },
  "short-silence": { kind: "listened", forMs: pace.suspectAfterMs - 1 },
  silence: { kind: "listened", forMs: pace.suspectAfterMs },
  "long-silence": { kind: "listened", forMs: pace.deadAfterMs },
};

/** Every phase, with the connection closed and open where both can be. */
const situations = [...peerStates, "suspect-but-open", "dead-but-open", "left-but-open"] as const;
type Situation = (typeof situations)[number];

const presences: Record<Situation, Presence> = {
  unknown: { phase: "unknown" },
  connected: { phase: "connected", seenMs: 1, silentMs: 0 },
  alive: { phase: "alive", seenMs: 1, silentMs: 0 },
  suspect: { phase: "suspect", seenMs: 1, silentMs: pace.suspectAfterMs, open: false },
  "suspect-but-open": { phase: "suspect", seenMs: 1, silentMs: pace.suspectAfterMs, open: true },
  dead: { phase: "dead", seenMs: 1, open: false },
  "dead-but-open": { phase: "dead", seenMs: 1, open: true },
  left: { phase: "left", seenMs: 1, open: false },
  "left-but-open": { phase: "left", seenMs: 1, open: true },
};

/** Total by type: a new state or event does not compile until its row is decided. */
const next: Record<Situation, Record<Happening, Situation>> = {
  unknown: {
    opened: "connected",
    closed: "unknown",
    heard: "alive",
    "said-goodbye": "left",
    "short-silence": "unknown",
    silence: "unknown",
    "long-silence": "unknown", // Never heard of is no sign of death.
  },
  connected: {
    opened: "connected",
    closed: "alive",
    heard: "connected",
    "said-goodbye": "left-but-open",
    "short-silence": "connected",
    silence: "suspect-but-open", // A connection that carries nothing proves nothing.
    "long-silence": "dead-but-open",
  },
  alive: {
    opened: "connected",
    closed: "alive",
    heard: "alive",
    "said-goodbye": "left",
    "short-silence": "alive",
    silence: "suspect",
    "long-silence": "dead",
  },
  suspect: {
    opened: "connected",
    closed: "suspect",
    heard: "alive",
    "said-goodbye": "left",
    "short-silence": "suspect",
    silence: "suspect",
    "long-silence": "dead",
  },
  "suspect-but-open": {
    opened: "connected",
    closed: "suspect",
    heard: "connected",
    "said-goodbye": "left-but-open",
    "short-silence": "suspect-but-open",
    silence: "suspect-but-open",
    "long-silence": "dead-but-open",
  },
  dead: {
    opened: "connected",
    closed: "dead",
    heard: "alive",
    "said-goodbye": "left",
    "short-silence": "dead",
    silence: "dead",
    "long-silence": "dead",
  },
  "dead-but-open": {
    opened: "connected",
    closed: "dead",
    heard: "connected",
    "said-goodbye": "left-but-open",
    "short-silence": "dead-but-open",
    silence: "dead-but-open",
    "long-silence": "dead-but-open",
  },
  left: {
    opened: "connected",
    closed: "left",
    heard: "alive",
    "said-goodbye": "left",
    "short-silence": "left",
    silence: "left",
    "long-silence": "left", // Who said goodbye is not missed.
  },
  "left-but-open": {
    opened: "connected",
    closed: "left",
    heard: "connected",
    "said-goodbye": "left-but-open",
    "short-silence": "left-but-open",
    silence: "left-but-open",
    "long-silence": "left-but-open",
  },
};

test("the table is walked whole", () => {
  assert.deepEqual(happenings.toSorted(), Object.keys(events).toSorted());
  assert.deepEqual(situations.toSorted(), Object.keys(next).toSorted());
});

for (const situation of situations) {
  test(`a peer that is ${situation} goes where the table says`, () => {
    for (const happening of happenings) {
      const [after, effects] = stepPresence(presences[situation], events[happening], pace);
      const want = presences[next[situation][happening]];
      const { phase: before } = presences[situation];
      const told = after.phase === before ? [] : [{ kind: "state-changed", state: after.phase, before }];
      assert.deepEqual(effects, told, happening);
      assert.deepEqual([after.phase, isOpen(after)], [want.phase, isOpen(want)], happening);
    }
  });
}

test("silence adds up to suspicion and death, and one word ends it", () => {
  let [presence] = stepPresence(startPresence(), { kind: "opened", atMs: 0 }, pace);
  const history: PeerState[] = [];
  for (let second = 1; second <= 25; second += 1) {
    [presence] = stepPresence(presence, { kind: "listened", forMs: 1_000 }, pace);
    if (history.at(-1) !== presence.phase) history.push(presence.phase);
  }
  assert.deepEqual(history, ["connected", "suspect", "dead"]);
  assert.equal(seenMsOf(presence), 0);
  [presence] = stepPresence(presence, { kind: "heard", atMs: 25_000 }, pace);
  assert.equal(presence.phase, "connected");
  assert.equal(seenMsOf(presence), 25_000);
});

test("three beacons missed with all their jitter make a suspect, two do not", () => {
  const late = pace.beaconMs * 1.1;
  const afterBeacon: Presence = { phase: "alive", seenMs: 0, silentMs: 0 };
  const stateAfter = (forMs: number) => stepPresence(afterBeacon, { kind: "listened", forMs }, pace)[0].phase;
  assert.equal(stateAfter(2 * late), "alive");
  assert.equal(stateAfter(3 * late + 500), "suspect");
});

test("property: nothing happened gives the same presence back", () => {
  const situation = fc.constantFrom(...Object.values(presences));
  const event = fc.constantFrom(...Object.values(events));
  fc.assert(
    fc.property(situation, event, (presence, happened) => {
      const [after] = stepPresence(presence, happened, pace);
      if (after !== presence) assert.notDeepEqual(after, presence);
    }),
  );
});

test("property: whether the connection stands follows from the connection alone", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...Object.values(events))), (happened) => {
      let presence = startPresence();
      let open = false;
      for (const event of happened) {
        [presence] = stepPresence(presence, event, pace);
        if (event.kind === "opened") open = true;
        if (event.kind === "closed") open = false;
        assert.equal(isOpen(presence), open);
        if (presence.phase === "connected") assert.ok(open);
      }
    }),
  );
});

test("the pace slows with the size of the mesh and never below two seconds", () => {
  assert.deepEqual(paceOf(2), { beaconMs: 2_000, suspectAfterMs: 7_000, deadAfterMs: 20_000 });
  assert.equal(paceOf(100).beaconMs, 2_000);
  assert.equal(paceOf(500).beaconMs, 10_000);
});

test("connected and alive peers are healthy, dead and left ones are gone", () => {
  const healths = Object.fromEntries(peerStates.map((state) => [state, healthOf(state)]));
  assert.deepEqual(healths, {
    connected: "healthy",
    alive: "healthy",
    suspect: "doubtful",
    dead: "gone",
    left: "gone",
    unknown: "doubtful",
  });
});
