import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { adapterNames } from "../../../src/deliver/carriers/registry.ts";
import type { OutgoingRequest } from "../../../src/support/outgoing.ts";
import { type CarrierAnswer, carrierAnswer, carrierReceipt } from "../../../src/vocabulary/carrier.ts";
import {
  type CarrierTranslation,
  callbackOf,
  meaningOfRequest,
  mount,
  readFixtures,
  receiptsToldBy,
  replaying,
  type VectorCall,
  type VectorFixture,
  vectorFixture,
  type WebhookFixture,
  webhookFixture,
} from "./conformance.ts";
import { twilioConformance } from "./twilio.conformance.ts";

const TRANSLATIONS = new Map<string, CarrierTranslation>([twilioConformance].map((translation) => [translation.carrier, translation]));

/** Other cases of the same make can be tried: CARRIER_FIXTURES names a folder with `vectors/` and `webhooks/`. */
const elsewhere = process.env.CARRIER_FIXTURES;
const folder = elsewhere ? resolve(elsewhere) : fileURLToPath(new URL("../../fixtures/carriers", import.meta.url).href);
const vectors = readFixtures(join(folder, "vectors"), vectorFixture, new Set(adapterNames));
const webhooks = readFixtures(join(folder, "webhooks"), webhookFixture, new Set(adapterNames));
const readings = vectors.found.map(({ file, fixture }) => ({ file, fixture, reading: translationOf(fixture.carrier).readVector(fixture) }));

describe("the fixtures", () => {
  it("can all be read", () => {
    expect([...vectors.broken, ...webhooks.broken]).toEqual([]);
  });

  it("hold at least one vector and one webhook that run, so that a suite which ran nothing does not pass", () => {
    const where = `in ${elsewhere ? "the folder that CARRIER_FIXTURES names" : "test/fixtures/carriers"}, for ${adapterNames.join(", ")}`;
    expect(vectors.found.length, `no file under vectors/ ${where}`).toBeGreaterThan(0);
    expect(webhooks.found.length, `no file under webhooks/ ${where}`).toBeGreaterThan(0);
    const running = readings.filter(({ reading }) => reading.kind === "call");
    expect(running.length, `every vector is beyond our contract ${where}`).toBeGreaterThan(0);
  });

  it("are translated for every registered carrier", () => {
    expect([...TRANSLATIONS.keys()].sort()).toEqual([...adapterNames].sort());
  });
});

describe("a vector", () => {
  for (const { file, fixture, reading } of readings) {
    it(`is what we put on the wire, and its answer is read as the SDK reads it: ${file}`, async (ctx) => {
      if (reading.kind === "beyond") {
        console.info(`skipped ${file}: ${reading.reason}`);
        return ctx.skip(reading.reason);
      }
      await checkVector(fixture, reading);
    });
  }
});

describe("a webhook", () => {
  for (const { file, fixture } of webhooks.found) {
    it(`is accepted or rejected as the vendor's verifier does, and read: ${file}`, () => checkWebhook(fixture));
  }
});

function translationOf(carrier: string): CarrierTranslation {
  const translation = TRANSLATIONS.get(carrier);
  if (!translation) throw new Error(`${carrier} has no translation of its fixtures`);
  return translation;
}

async function checkVector(vector: VectorFixture, { account, text }: VectorCall): Promise<void> {
  const translation = translationOf(vector.carrier);
  const seen: OutgoingRequest[] = [];
  const answer = await mount(vector.carrier, account).send(text, replaying(vector, seen));

  expect(seen).toHaveLength(1);
  for (const request of seen)
    expect(meaningOfRequest(request, translation.headers)).toEqual(meaningOfRequest(vector.request, translation.headers));

  expect(carrierAnswer.parse(answer)).toEqual(answer);
  expect(answer).toMatchObject(expectedAnswer(vector, translation));
  expect(answer.detail ?? "").not.toContain(text.to);
}

/** Above 499, and without an answer, the outgoing door decides for all carriers alike. */
function expectedAnswer(vector: VectorFixture, translation: CarrierTranslation): Partial<CarrierAnswer> {
  const status = vector.response_given?.status;
  if (status == null) return { kind: "unclear" };
  if ([521, 523, 525, 526, 530].includes(status)) return { kind: "unreachable" };
  return status >= 500 ? { kind: "unclear" } : translation.expectedAnswer(vector, status);
}

async function checkWebhook(webhook: WebhookFixture): Promise<void> {
  const translation = translationOf(webhook.carrier);
  const carrier = mount(webhook.carrier, translation.accountOf(webhook));
  const callback = callbackOf(webhook);
  // "accept if URL secret matches": the carrier signs nothing.
  const verdict = webhook.expect === "accept" ? "genuine" : webhook.expect.startsWith("accept if") ? "unsigned" : "forged";
  expect(await carrier.verifyCallback(callback)).toBe(verdict);
  if (verdict === "forged") return;

  const read = carrier.readReceipts(callback);
  const expected = receiptsToldBy(webhook, carrier.limits.keeps_reference) ?? translation.expectedReceipts(webhook);
  if (expected === undefined) return;
  const receipts = read.kind === "receipts" ? read.receipts.map((receipt) => carrierReceipt.parse(receipt)) : read;
  const told = Array.isArray(receipts)
    ? receipts.map(({ reference, status, code, message }) => ({ reference, status, code, message }))
    : receipts;
  expect(told).toEqual(expected);
}
