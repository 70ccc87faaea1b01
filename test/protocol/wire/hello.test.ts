import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { limits } from "../../../protocol/limits.ts";
import { decodeHello, encodeHello, type Hello } from "../../../protocol/wire/hello.ts";
import { Hello as HelloMessage } from "../../../protocol/wire/generated/hello.js";
import { assertRefused, authority, peerOf, web1 } from "../documents/documents.ts";

const hello: Hello = {
  versionMin: 1,
  versionMax: 3,
  site: authority.site,
  siteLicense: authority.siteLicense(),
  installLicense: authority.admit(peerOf("a"), web1, ["watch"]),
  documentsDigest: "ab".repeat(32),
  agent: "cdmesh/0.1.0",
};

test("a hello comes back as it was said, with a license and without", () => {
  assert.deepEqual(decodeHello(encodeHello(hello)), hello);
  assert.deepEqual(decodeHello(encodeHello({ ...hello, installLicense: undefined })), {
    ...hello,
    installLicense: undefined,
  });
});

test("room is left: a hello with an enrolment and with fields of a later version is read", () => {
  const message = HelloMessage.decode(encodeHello(hello));
  const enrolling = HelloMessage.encode({ ...message, enrolment: new Uint8Array(limits.enrolmentBytesMax) });
  const later = Buffer.concat([enrolling, Buffer.from([(15 << 3) | 2, 3, 1, 2, 3])]);
  assert.deepEqual(decodeHello(Uint8Array.from(later)), hello);
});

test("P3: a hello with a part of the wrong size is refused", () => {
  const message = HelloMessage.decode(encodeHello(hello));
  const faults = [
    { site: new Uint8Array(31) },
    { documentsDigest: new Uint8Array(33) },
    { siteLicense: new Uint8Array(limits.licenseBytesMax + 1) },
    { installLicense: new Uint8Array(limits.licenseBytesMax + 1) },
    { enrolment: new Uint8Array(limits.enrolmentBytesMax + 1) },
  ];
  for (const fault of faults)
    assertRefused(decodeHello(HelloMessage.encode({ ...message, ...fault })), "message-malformed");
  assertRefused(decodeHello(new Uint8Array(limits.helloBytesMax + 1)), "message-malformed");
  assertRefused(decodeHello(new Uint8Array()), "message-malformed");
});

test("the agent's name reaches logs without line breaks and no longer than its limit", () => {
  const decoded = decodeHello(encodeHello({ ...hello, agent: `evil\n\u001b[31m${"x".repeat(500)}` }));
  assert.ok(!("code" in decoded));
  assert.equal(decoded.agent.length, limits.agentCharactersMax);
  assert.match(decoded.agent, /^evil\?\?\[31mx+$/);
});

test("P3: property: no bytes make the decoder throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => assertRefused(decodeHello(bytes), "message-malformed")),
  );
});
