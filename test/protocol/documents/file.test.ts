import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeEnvelopeFile, encodeLicenseFile, envelopesInFile } from "../../../protocol/documents/file.ts";
import { isRefusal } from "../../../protocol/documents/verified.ts";
import { limits } from "../../../protocol/limits.ts";
import { FakeAuthority } from "../../../simulations/world/authority.ts";
import { assertRefused, peerOf, web1 } from "./documents.ts";

const site = new FakeAuthority("s");
const siteLicense = site.siteLicense();
const installLicense = site.admit(peerOf("a"), web1, []);
const revocations = site.revoke(peerOf("b"));
const policy = site.policy({ version: 1, folders: [] });

test("a license file gives back its envelopes byte for byte, in the order in which they can be judged", () => {
  assert.deepEqual(envelopesInFile(encodeLicenseFile({ installLicense, siteLicense, revocations: undefined })), [
    siteLicense,
    installLicense,
  ]);
  const all = encodeLicenseFile({ installLicense, revocations, siteLicense });
  assert.deepEqual(envelopesInFile(all), [siteLicense, revocations, installLicense]);
});

test("a file of one document gives it back, however it was laid out", () => {
  assert.deepEqual(envelopesInFile(encodeEnvelopeFile(policy)), [policy]);
  assert.deepEqual(envelopesInFile(policy), [policy]);
  assert.deepEqual(envelopesInFile(Buffer.from(`\n ${Buffer.from(policy).toString()} \n`)), [policy]);
});

test("a file of anything else is refused, and the refusal says what is wrong with it", () => {
  const files = [
    ["", /is no JSON object/],
    ["12D3KooW", /is no JSON object/],
    ["[]", /holds neither/],
    ["{}", /holds neither/],
    ['{"siteLicense": {}}', /siteLicense is no DSSE envelope/],
    ['{"siteLicense": null, "installLicense": 5}', /siteLicense is no DSSE envelope/],
  ] as const;
  for (const [text, why] of files) assertRefused(envelopesInFile(Buffer.from(text)), "document-malformed", why);
  assertRefused(envelopesInFile(new Uint8Array(2 * limits.policyBytesMax + 1)), "document-too-large");
});

test("P3: property: no file makes the reader throw", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      assert.ok(isRefusal(envelopesInFile(Buffer.from(text))));
    }),
  );
});
