import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Callback, CarrierAccount, CarrierFinding, CarrierQuestion, OutgoingText } from "../../../src/deliver/carriers/adapter.ts";
import { findAdapter, type MountedCarrier } from "../../../src/deliver/carriers/registry.ts";
import { type Outgoing, type OutgoingRequest, resultOf } from "../../../src/support/outgoing.ts";
import type { CarrierAnswer, CarrierReceipt } from "../../../src/vocabulary/carrier.ts";

const headers = z.record(z.string(), z.string()).default({});
const wire = z.object({ method: z.string(), url: z.string(), headers, body: z.string().nullish() });

/** A request that a vendor's own SDK put on the wire, the answer it was given, and what the SDK made of it. */
export const vectorFixture = z.object({
  carrier: z.string(),
  inputs: z.object({
    /** The SDK's clock while it was recorded. */
    clock: z.iso.datetime().nullish(),
    credentials: z.record(z.string(), z.unknown()).nullish(),
    sdk_call: z.string().nullish(),
    message: z.record(z.string(), z.unknown()).nullish(),
  }),
  request: wire,
  response_given: z.object({ status: z.number().int().nullish(), headers, body: z.unknown().optional() }).nullish(),
  sdk_outcome: z
    .object({ returned: z.unknown().optional(), threw: z.object({ code: z.union([z.string(), z.number()]).nullish() }).nullish() })
    .nullish(),
});
export type VectorFixture = z.infer<typeof vectorFixture>;

const parsedReceipt = z.object({
  ref: z.string().optional(),
  carrier_id: z.string(),
  to: z.string().optional(),
  status: z.string(),
  carrier_code: z.string().optional(),
});

/** A callback with the verdict of the vendor's own verifier. */
export const webhookFixture = z.object({
  carrier: z.string(),
  secret: z.string().optional(),
  request: wire,
  expect: z.string(),
  /** Of another shape where it tells of something else than receipts, such as an inbound message. */
  expect_parse: z.array(parsedReceipt).optional().catch(undefined),
});
export type WebhookFixture = z.infer<typeof webhookFixture>;

export type ExpectedReceipt = Pick<CarrierReceipt, "reference" | "status"> & {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** Where the adapter tells the number (`tells_number`). */
  readonly to?: string | undefined;
};
export type VectorCall = { readonly kind: "call"; readonly account: CarrierAccount<unknown>; readonly text: OutgoingText };
/** One call for several texts. `leaves_out`: fields of the vector's JSON body that our call leaves out on purpose. */
export type VectorCallForMany = {
  readonly kind: "many";
  readonly account: CarrierAccount<unknown>;
  readonly texts: readonly OutgoingText[];
  readonly leaves_out?: readonly string[];
};
export type VectorQuestion = { readonly kind: "question"; readonly account: CarrierAccount<unknown>; readonly question: CarrierQuestion };
export type VectorReading =
  | VectorCall
  | VectorCallForMany
  | VectorQuestion
  /** Our contract has no such call; the reason says why. */
  | { readonly kind: "beyond"; readonly reason: string };

/** What a carrier's fixtures mean in our words. Everything is told by a fixture's fields, nothing by its name. */
export interface CarrierTranslation {
  readonly carrier: string;
  /** Headers whose values must be those of the vector, in lower case; of `content-type` the media type counts. */
  readonly headers: readonly string[];
  /** The call that should make the vector's request, or why our contract has no such call. */
  readVector(vector: VectorFixture): VectorReading;
  /** What an answer below 500 should be read as; fields left out may be anything. */
  expectedAnswer(vector: VectorFixture, status: number): Partial<CarrierAnswer>;
  /** The same for each text of a call for many, in the order of the texts. */
  expectedAnswers?(vector: VectorFixture, status: number): readonly Partial<CarrierAnswer>[];
  /** The same for a question. */
  expectedFinding?(vector: VectorFixture, status: number): Partial<CarrierFinding>;
  /** The vector's header that signs, as our signer makes it of the vector's own URL, headers, body and keys. */
  resign?(vector: VectorFixture): Promise<{ readonly header: string; readonly value: string }>;
  /** A request with what may be written in several ways written in one, and without what is each caller's own; both sides are compared so. */
  plainly?<Request extends VectorFixture["request"] | OutgoingRequest>(request: Request, vector: VectorFixture): Request;
  /** Its receipts tell the number, which must be that of the fixture. */
  readonly tells_number?: true;
  accountOf(webhook: WebhookFixture): CarrierAccount<unknown>;
  /** What an accepted callback reports; undefined where it is no status callback. */
  expectedReceipts(webhook: WebhookFixture): readonly ExpectedReceipt[] | undefined;
}

/** The fixtures of the given carriers in a folder, and the files that cannot be read as such. */
export function readFixtures<Fixture>(folder: string, schema: z.ZodType<Fixture>, carriers: ReadonlySet<string>) {
  const found: { readonly file: string; readonly fixture: Fixture }[] = [];
  const broken: string[] = [];
  for (const file of listJson(folder)) {
    try {
      const content: unknown = JSON.parse(readFileSync(join(folder, file), "utf8"));
      const { data } = z.object({ carrier: z.string() }).safeParse(content);
      if (data && carriers.has(data.carrier)) found.push({ file, fixture: schema.parse(content) });
    } catch (error) {
      broken.push(`${file}: ${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}`);
    }
  }
  return { found, broken };
}

function listJson(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith(".json"))
      .sort();
  } catch {
    return [];
  }
}

export function mount(carrier: string, account: CarrierAccount<unknown>): MountedCarrier {
  const search = findAdapter(carrier);
  const mounting = search.kind === "found" ? search.adapter.mount(account) : search;
  if (mounting.kind !== "mounted") throw new Error(`${carrier} is not mounted: ${JSON.stringify(mounting)}`);
  return mounting.carrier;
}

/** An outgoing door that gives the vector's answer, or none where the vector has no status. */
export function replaying(vector: VectorFixture, seen: OutgoingRequest[]): Outgoing {
  return async (request) => {
    seen.push(request);
    const { status, headers, body } = vector.response_given ?? { headers: {}, body: "" };
    if (status == null) return { kind: "unclear", code: "rejected", detail: "no answer" };
    return resultOf(status, new Headers(headers), typeof body === "string" ? body : JSON.stringify(body ?? null));
  };
}

/** A request as what it says: the query and a form as sorted pairs, JSON by structure, the named headers. */
export function meaningOfRequest(request: z.infer<typeof wire> | OutgoingRequest, compared: readonly string[]) {
  const url = new URL(request.url);
  const all = lowerCased(request.headers);
  const type = (all["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const body = request.body ?? "";
  return {
    method: request.method,
    address: url.origin + url.pathname,
    query: sortedPairs(url.search),
    headers: Object.fromEntries(compared.map((name) => [name, name === "content-type" ? type : all[name]])),
    body: type === "application/x-www-form-urlencoded" ? sortedPairs(body) : type.endsWith("json") ? JSON.parse(body) : body,
  };
}

/** A JSON body without the named fields; any other body as it is. */
export function withoutFields<Request extends { readonly body?: string | null | undefined }>(request: Request, fields: readonly string[]) {
  if (fields.length === 0) return request;
  const body = Object.entries(z.record(z.string(), z.unknown()).parse(JSON.parse(request.body ?? "")));
  return { ...request, body: JSON.stringify(Object.fromEntries(body.filter(([name]) => !fields.includes(name)))) };
}

export function callbackOf({ request }: WebhookFixture): Callback {
  return { method: request.method, url: request.url, headers: lowerCased(request.headers), body: request.body ?? "" };
}

/**
 * The webhook of a carrier that signs nothing with message ids in place of its references, which are shorter than ours: what
 * cannot be a message id is not told as one.
 */
export function withMessageIds(webhook: WebhookFixture): WebhookFixture {
  const idOf = (ref: string) => ref.padEnd(44, "-").slice(0, 44);
  const refs = (webhook.expect_parse ?? []).flatMap(({ ref }) => ref ?? []);
  const body = refs.reduce((text, ref) => text.replaceAll(JSON.stringify(ref), JSON.stringify(idOf(ref))), webhook.request.body ?? "");
  const expect_parse = webhook.expect_parse?.map((one) => (one.ref === undefined ? one : { ...one, ref: idOf(one.ref) }));
  return { ...webhook, request: { ...webhook.request, body }, expect_parse };
}

/** `expect_parse` in our words; a carrier that keeps no reference has none to tell. */
export function receiptsToldBy(
  { expect_parse }: WebhookFixture,
  keepsReference: boolean,
  tellsNumber = false,
): readonly ExpectedReceipt[] | undefined {
  const words = new Map<string, CarrierReceipt["status"]>([
    ["sent", "sent"],
    ["delivered", "delivered"],
    ["undelivered", "undelivered"],
    ["failed", "undelivered"],
  ]);
  return expect_parse?.flatMap(({ ref, carrier_id, to, status, carrier_code }) => {
    const word = words.get(status);
    if (!word) return [];
    const known = { message: keepsReference ? ref : undefined, to: tellsNumber ? to : undefined };
    return [{ reference: carrier_id, status: word, code: carrier_code, ...known }];
  });
}

export const lowerCased = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
const sortedPairs = (encoded: string) => [...new URLSearchParams(encoded)].map((pair) => JSON.stringify(pair)).sort();
