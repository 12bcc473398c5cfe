import * as z from "zod";
import type { MountedCarrier } from "../deliver/carriers/registry.ts";
import type { CompiledCatalog } from "../store/compiled-catalog.ts";
import { isCarrierPaused, type Pause } from "../store/pauses.ts";
import { closestName } from "../support/closest-name.ts";
import { cut } from "../support/cut.ts";
import type { NamingKey } from "../support/hashing.ts";
import type { Issue } from "../support/issues.ts";
import { addressHashOf } from "../support/names.ts";
import type { Outgoing, OutgoingRequest, OutgoingResult } from "../support/outgoing.ts";
import { type CarrierLimits, renderedTemplate } from "../vocabulary/carrier.ts";
import { channel } from "../vocabulary/classes.ts";
import { type AuditDeps, auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import type { BlocksDeps } from "./change-blocks.ts";
import { maskedRequest, maskedText, withoutSecrets } from "./mask-secrets.ts";
import { parseAddress } from "./parse-address.ts";
import { fine, type Outcome, problemOf, problemResponse, wrong } from "./problem.ts";
import { readJson } from "./read-json.ts";

export interface TestCarrierDeps extends AuditDeps, Pick<BlocksDeps, "findBlock"> {
  readonly naming: NamingKey;
  readonly now: () => number;
  readonly outgoing: Outgoing;
  readonly randomToken: (bytes: number) => string;
  readonly activeCatalog: (tenant: string) => Promise<CompiledCatalog | undefined>;
  readonly listPauses: (tenant: string) => Promise<readonly Pause[]>;
  readonly carrier: (tenant: string, catalog: CompiledCatalog, name: string) => MountedCarrier | undefined;
  /** A secret of the deployment, by the name that a catalog gives. */
  readonly readSecret: (name: string) => string | undefined;
}

const testBody = z.strictObject({
  to: z.string().min(1, "must not be empty").max(320, "must have at most 320 characters"),
  text: z.string().min(1, "must not be empty").max(4096, "must have at most 4096 characters"),
  channel: channel.default("sms"),
  template: renderedTemplate.optional(),
});
type TestBody = z.infer<typeof testBody>;

/** Bytes of a made-up message id: it has the form of one, and no message. */
const ID_BYTES = 33;
const RESPONSE_MAX = 4_000;

/**
 * `POST /v1/carriers/{name}/test`: sends one real message, past lanes, gate and consent but never to a blocked address, and shows the call
 * and its answer as they were, secrets masked. 200 whatever the carrier said.
 */
export async function testCarrier(request: Request, name: string, caller: Caller, deps: TestCarrierDeps): Promise<Response> {
  const { tenant } = caller;
  const body = await readJson(request, testBody, "The test");
  if (!body.ok) return problemResponse(body.problem);
  const compiled = await deps.activeCatalog(tenant);
  const carriers = compiled?.catalog.carriers ?? {};
  const account = Object.hasOwn(carriers, name) ? carriers[name] : undefined;
  if (!compiled || !account) return problemResponse(problemOf("not-found", absence(name, Object.keys(carriers))));
  const pauses = await deps.listPauses(tenant);
  if (isCarrierPaused(pauses, name))
    return problemResponse(
      problemOf("unusable", "It is paused, so nothing goes to it. Let it go on with DELETE /v1/pauses, then test it."),
    );
  const carrier = deps.carrier(tenant, compiled, name);
  if (!carrier) {
    const detail = "Its settings are not valid, or a secret that it names is missing in the deployment. GET /v1/carriers shows which.";
    return problemResponse(problemOf("unusable", detail));
  }
  const to = addressIn(body.value, carrier.limits, compiled.catalog.defaults?.country);
  if (!to.ok) return problemResponse(to.problem);
  const { channel: on } = body.value;
  const hash = await addressHashOf(deps.naming, tenant, on, to.value);
  const block = await deps.findBlock(tenant, { channel: on, hash });
  if (block && block.lifted_at === undefined)
    return problemResponse(problemOf("unusable", "The address is blocked, so nothing goes there. DELETE /v1/blocks lifts that."));
  await deps.audit(tenant, [auditEntryOf(caller, "carrier.test", name, { channel: on, to: hash })]);
  const secrets = Object.values(account.secrets ?? {}).flatMap((secret) => deps.readSecret(secret) ?? []);
  return Response.json(await callOnce(carrier, body.value, to.value, secrets, deps));
}

function absence(name: string, known: readonly string[]): string {
  if (known.length === 0) return "The catalog in force has no carriers.";
  return `${cut(name, 64)} is not a carrier of the catalog in force${closestName(name, known)}.`;
}

/** The address in its one form, where the carrier can take what is to be sent. */
function addressIn({ to, text, channel, template }: TestBody, limits: CarrierLimits, country: string | undefined): Outcome<string> {
  const issues: Issue[] = [];
  const parsed = parseAddress(channel, to.trim(), country);
  if (!parsed.ok) issues.push({ pointer: "/to", detail: parsed.why });
  if (!limits.channels.includes(channel))
    issues.push({ pointer: "/channel", detail: `is not carried; this carrier carries ${limits.channels.join(", ")}` });
  if (limits.needs_template && !template)
    issues.push({ pointer: "/template", detail: "is missing: this carrier sends only templates that it has approved" });
  if (!template && text.length > limits.text_max_units)
    issues.push({ pointer: "/text", detail: `has ${text.length} characters; this carrier takes ${limits.text_max_units}` });
  return parsed.ok && issues.length === 0
    ? fine(parsed.address)
    : wrong("invalid", "The test is not valid; see errors for where and why.", issues);
}

async function callOnce(
  carrier: MountedCarrier,
  { channel, text, template }: TestBody,
  to: string,
  secrets: readonly string[],
  deps: TestCarrierDeps,
): Promise<object> {
  let asked: OutgoingRequest | undefined;
  let result: OutgoingResult | undefined;
  const recording: Outgoing = async (request, ms) => {
    asked = request;
    result = quiet(await deps.outgoing(request, ms), secrets);
    return result;
  };
  const begun = deps.now();
  const message = deps.randomToken(ID_BYTES);
  const answer = await carrier.send({ channel, to, text, message, ...(template ? { template } : {}) }, recording);
  return {
    ...(asked ? { request: maskedRequest(asked, secrets) } : {}),
    answer,
    took_ms: deps.now() - begun,
    ...(result ? { response: responseView(result, secrets) } : {}),
  };
}

/** What came back, without our secrets before the adapter quotes a part of it. */
function quiet(result: OutgoingResult, secrets: readonly string[]): OutgoingResult {
  return result.kind === "answered"
    ? { ...result, body: withoutSecrets(result.body, secrets) }
    : { ...result, detail: withoutSecrets(result.detail, secrets) };
}

function responseView(result: OutgoingResult, secrets: readonly string[]): object {
  if (result.kind !== "answered") return { ...result, detail: maskedText(result.detail, secrets) };
  return { status: result.status, body: cut(maskedText(result.body, secrets), RESPONSE_MAX) };
}
