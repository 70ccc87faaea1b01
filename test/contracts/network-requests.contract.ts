/** What every Network keeps about requests. */

import assert from "node:assert/strict";
import { RefusedError } from "../../node/ports.ts";
import { limits } from "../../protocol/limits.ts";
import { type Check, echo, failsWith, text } from "./network-under-test.ts";

export function requestContract(check: Check): void {
  check("a request is answered, in both directions of a connection, whatever its size", async (cast) => {
    const [one, two] = await cast.pair();
    assert.equal(text(await cast.settle(one.ask(two, "a question"))), "a question");
    assert.equal(text(await cast.settle(two.ask(one, "and back"))), "and back");
    assert.equal((await cast.settle(one.ask(two, ""))).length, 0);
    const block = new Uint8Array(limits.messageBytesMax).map((_byte, at) => at * 31);
    assert.deepEqual(Buffer.from(await cast.settle(one.ask(two, block))), Buffer.from(block));
    assert.equal(Object.getPrototypeOf(await cast.settle(one.ask(two, "plain"))), Uint8Array.prototype);
    assert.deepEqual(two.served[0], { peer: one.id, protocol: echo });
  });

  check("many requests at once each get their own answer", async (cast) => {
    const [one, two] = await cast.pair();
    two.answer = async (_peer, _protocol, body) => Buffer.from(`answer to ${text(body)}`);
    const asked = Array.from({ length: 100 }, (_, at) => `question ${at}`);
    const answers = await cast.settle(Promise.all(asked.map((question) => one.ask(two, question))));
    assert.deepEqual(
      answers.map(text),
      asked.map((question) => `answer to ${question}`),
    );
  });

  check("a refusal travels to the asker with its code and what it was about", async (cast) => {
    const [one, two] = await cast.pair();
    two.answer = async () => {
      throw new RefusedError({ code: "folder-not-held", peer: one.id, folder: "press" });
    };
    await cast.settle(
      assert.rejects(one.ask(two, "give"), (error) => {
        assert.ok(error instanceof RefusedError);
        assert.equal(error.refusal.code, "folder-not-held");
        assert.match(JSON.stringify(error.refusal), /press/);
        return true;
      }),
    );
    two.answer = async (_peer, _protocol, body) => body;
    assert.equal(text(await cast.settle(one.ask(two, "again"))), "again");
  });

  check("a handler that breaks gives no answer, and harms no other request", async (cast) => {
    const [one, two] = await cast.pair();
    two.answer = async (_peer, _protocol, body) => {
      if (text(body) === "break") throw new Error("a bug");
      return body;
    };
    await cast.settle(failsWith("failed", one.ask(two, "break")));
    assert.equal(text(await cast.settle(one.ask(two, "well"))), "well");
  });

  check("a protocol that nobody serves is refused", async (cast) => {
    const [one, two] = await cast.pair();
    const asked = one.ask(two, "?", 5_000, "/cdmesh/1/unheard-of");
    await cast.settle(
      assert.rejects(asked, (error) => error instanceof RefusedError && error.refusal.code === "protocol-unknown"),
    );
  });

  check("a request without an answer fails when its time is over, and the next one works", async (cast) => {
    const [one, two] = await cast.pair();
    two.answer = (_peer, _protocol, body) =>
      text(body) === "never" ? new Promise(() => undefined) : Promise.resolve(body);
    await cast.settle(failsWith("timeout", one.ask(two, "never", 100)));
    assert.equal(text(await cast.settle(one.ask(two, "now"))), "now");
  });

  check("a caller can give up", async (cast) => {
    const [one, two] = await cast.pair();
    two.answer = () => new Promise(() => undefined);
    const controller = new AbortController();
    const request = one.network.request(two.id, echo, new Uint8Array(1), {
      timeoutMs: 60_000,
      signal: controller.signal,
    });
    const failed = failsWith("aborted", request);
    controller.abort();
    await cast.settle(failed);
    const { signal } = controller;
    const late = one.network.request(two.id, echo, new Uint8Array(1), { timeoutMs: 60_000, signal });
    await cast.settle(failsWith("aborted", late));
  });

  check("a request to a peer that is not connected fails at once", async (cast) => {
    const one = await cast.started(1);
    const two = cast.peer(2);
    await cast.settle(failsWith("not-connected", one.ask(two, "hello?")));
  });

  check("P3: a request above the limit is not sent, an answer above the limit is not taken", async (cast) => {
    const [one, two] = await cast.pair();
    await cast.settle(failsWith("too-large", one.ask(two, new Uint8Array(limits.messageBytesMax + 1))));
    assert.equal(two.served.length, 0);
    two.answer = async () => new Uint8Array(limits.messageBytesMax + 1);
    await cast.settle(failsWith("too-large", one.ask(two, "much")));
    two.answer = async (_peer, _protocol, body) => body;
    assert.equal(text(await cast.settle(one.ask(two, "little"))), "little");
  });

  check("P3: only so many requests of a protocol are under way, the others wait within their time", async (cast) => {
    const [one, two] = await cast.pair();
    const doors: (() => void)[] = [];
    two.answer = async (_peer, _protocol, body) => {
      await new Promise<void>((resolve) => doors.push(resolve));
      return body;
    };
    const answers = Array.from({ length: limits.requestsOutstandingMax + 4 }, (_, at) => one.ask(two, `${at}`));
    await cast.bench.until("all places are taken", () => doors.length === limits.requestsOutstandingMax);
    await cast.settle(failsWith("timeout", one.ask(two, "no place in time", 100)));
    assert.equal(doors.length, limits.requestsOutstandingMax);
    for (let opened = 0; opened < answers.length; opened += 1) {
      await cast.bench.until("a request waits at its door", () => doors.length > opened);
      doors[opened]?.();
    }
    assert.deepEqual(
      (await cast.settle(Promise.all(answers))).map(text),
      answers.map((_answer, at) => `${at}`),
    );
  });

  check("P3: only so many requests of one peer are served at a time, for all protocols together", async (cast) => {
    const one = await cast.started(1);
    const two = cast.peer(2);
    two.protocols = Array.from({ length: 6 }, (_, at) => `/cdmesh/1/part-${at}`);
    await cast.settle(two.start());
    await cast.connect(one, two);
    let underWay = 0;
    let most = 0;
    two.answer = async (_peer, _protocol, body) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise<void>((resolve) => doors.push(resolve));
      underWay -= 1;
      return body;
    };
    const doors: (() => void)[] = [];
    const answers = two.protocols.flatMap((protocol) =>
      Array.from({ length: limits.requestsOutstandingMax }, () => one.ask(two, "x", 10_000, protocol)),
    );
    await cast.bench.until("all places are taken", () => doors.length === limits.requestsServedPerPeerMax);
    await cast.bench.pass(50);
    assert.equal(doors.length, limits.requestsServedPerPeerMax);
    for (let opened = 0; opened < answers.length; opened += 1) {
      await cast.bench.until("a request waits at its door", () => doors.length > opened);
      doors[opened]?.();
    }
    await cast.settle(Promise.all(answers));
    assert.equal(most, limits.requestsServedPerPeerMax);
  });

  check("requests under way are lost with their connection", async (cast) => {
    const [one, two] = await cast.pair();
    two.answer = () => new Promise(() => undefined);
    const lost = failsWith("lost", one.ask(two, "never", 60_000));
    await cast.bench.until("it is being served", () => two.served.length === 1);
    await cast.settle(two.network.stop());
    await cast.settle(lost);
  });
}
