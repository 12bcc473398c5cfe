import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { CarrierFinding } from "../../../src/deliver/carriers/adapter.ts";
import { adapterNames, type MountedCarrier } from "../../../src/deliver/carriers/registry.ts";
import type { Outgoing, OutgoingRequest } from "../../../src/support/outgoing.ts";
import { type CarrierAnswer, carrierAnswer, carrierReceipt } from "../../../src/vocabulary/carrier.ts";
import { alibabaConformance } from "./alibaba.conformance.ts";
import {
  type CarrierTranslation,
  callbackOf,
  lowerCased,
  meaningOfRequest,
  mount,
  readFixtures,
  receiptsToldBy,
  replaying,
  type VectorFixture,
  type VectorReading,
  vectorFixture,
  type WebhookFixture,
  webhookFixture,
  withMessageIds,
  withoutFields,
} from "./conformance.ts";
import { tencentConformance } from "./tencent.conformance.ts";
import { twilioConformance } from "./twilio.conformance.ts";

const TRANSLATIONS = new Map<string, CarrierTranslation>(
  [twilioConformance, tencentConformance, alibabaConformance].map((translation) => [translation.carrier, translation]),
);

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
    const running = readings.filter(({ reading }) => reading.kind !== "beyond");
    expect(running.length, `every vector is beyond our contract ${where}`).toBeGreaterThan(0);
  });

  it("are translated for every registered carrier", () => {
    expect([...TRANSLATIONS.keys()].sort()).toEqual([...adapterNames].sort());
  });
});

describe("a vector", () => {
  afterEach(() => void vi.useRealTimers());

  for (const { file, fixture, reading } of readings) {
    it(`is what we put on the wire, and its answer is read as the SDK reads it: ${file}`, async (ctx) => {
      if (reading.kind === "beyond") {
        console.info(`skipped ${file}: ${reading.reason}`);
        return ctx.skip(reading.reason);
      }
      await checkVector(fixture, reading);
    });

    const { resign } = translationOf(fixture.carrier);
    if (!resign) continue;
    it(`is signed by our signer as the SDK signed it: ${file}`, async () => {
      const { header, value } = await resign(fixture);
      expect(value).toBe(lowerCased(fixture.request.headers)[header]);
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

async function checkVector(vector: VectorFixture, reading: Exclude<VectorReading, { kind: "beyond" }>): Promise<void> {
  const translation = translationOf(vector.carrier);
  if (vector.inputs.clock) vi.useFakeTimers({ toFake: ["Date"], now: new Date(vector.inputs.clock) });
  const seen: OutgoingRequest[] = [];
  const told = await makeCall(mount(vector.carrier, reading.account), reading, replaying(vector, seen));

  const leftOut = reading.kind === "many" ? (reading.leaves_out ?? []) : [];
  expect(seen).toHaveLength(1);
  const plainly = <Request extends VectorFixture["request"] | OutgoingRequest>(request: Request): Request =>
    translation.plainly?.(request, vector) ?? request;
  for (const request of seen)
    expect(meaningOfRequest(plainly(request), translation.headers)).toEqual(
      meaningOfRequest(plainly(withoutFields(vector.request, leftOut)), translation.headers),
    );

  expect(told).toMatchObject(expectedOf(vector, reading, translation));
  const addresses = reading.kind === "many" ? reading.texts : reading.kind === "call" ? [reading.text] : [reading.question];
  for (const { to } of addresses) for (const one of told) expect("detail" in one ? one.detail : "").not.toContain(to);
}

/** Makes the call that the vector was read as: an answer for each text, or one finding. */
async function makeCall(
  carrier: MountedCarrier,
  reading: Exclude<VectorReading, { kind: "beyond" }>,
  outgoing: Outgoing,
): Promise<readonly (CarrierAnswer | CarrierFinding)[]> {
  if (reading.kind === "question") {
    const finding = await carrier.query?.(reading.question, outgoing);
    if (finding?.kind === "found") expect(carrierReceipt.parse(finding.receipt)).toEqual(finding.receipt);
    return finding ? [finding] : [];
  }
  if (reading.kind === "many") {
    const together = new Set(reading.texts.map((text) => carrier.together?.(text)));
    expect([together.size, typeof [...together][0]], "texts of one call have one key").toEqual([1, "string"]);
  }
  const answers =
    reading.kind === "many" ? ((await carrier.sendMany?.(reading.texts, outgoing)) ?? []) : [await carrier.send(reading.text, outgoing)];
  for (const answer of answers) expect(carrierAnswer.parse(answer)).toEqual(answer);
  return answers;
}

/** Above 499, and without an answer, the outgoing door decides for all carriers alike. */
function expectedOf(vector: VectorFixture, reading: VectorReading, translation: CarrierTranslation): readonly object[] {
  const status = vector.response_given?.status;
  if (status != null && status < 500) {
    if (reading.kind === "question") return [translation.expectedFinding?.(vector, status) ?? {}];
    if (reading.kind === "many") return translation.expectedAnswers?.(vector, status) ?? [];
    return [translation.expectedAnswer(vector, status)];
  }
  if (reading.kind === "question") return [{ kind: "unanswered" }];
  const kind = status != null && [521, 523, 525, 526, 530].includes(status) ? "unreachable" : "unclear";
  return reading.kind === "many" ? reading.texts.map(() => ({ kind })) : [{ kind }];
}

async function checkWebhook(fixture: WebhookFixture): Promise<void> {
  const translation = translationOf(fixture.carrier);
  const carrier = mount(fixture.carrier, translation.accountOf(fixture));
  // "accept if URL secret matches": the carrier signs nothing.
  const verdict = fixture.expect === "accept" ? "genuine" : fixture.expect.startsWith("accept if") ? "unsigned" : "forged";
  const webhook = verdict === "unsigned" ? withMessageIds(fixture) : fixture;
  const callback = callbackOf(webhook);
  expect(await carrier.verifyCallback(callback)).toBe(verdict);
  if (verdict === "forged") return;

  const read = carrier.readReceipts(callback);
  const { tells_number } = translation;
  const expected = receiptsToldBy(webhook, carrier.limits.keeps_reference, tells_number) ?? translation.expectedReceipts(webhook);
  if (expected === undefined) return;
  const receipts = read.kind === "receipts" ? read.receipts.map((receipt) => carrierReceipt.parse(receipt)) : read;
  const told = Array.isArray(receipts)
    ? receipts.map(({ reference, status, code, message, to }) => ({ reference, status, code, message, ...(tells_number ? { to } : {}) }))
    : receipts;
  expect(told).toEqual(expected);
}
