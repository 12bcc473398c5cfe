import * as z from "zod";
import type { MountedCarrier } from "../deliver/carriers/registry.ts";
import { equalSecrets } from "../support/hashing.ts";
import { log } from "../support/log.ts";
import { messageId, tenantId } from "../vocabulary/identifiers.ts";
import { problemOf, problemResponse } from "./problem.ts";
import { readText } from "./read-json.ts";
import { type TellReceiptsDeps, tellReceipts } from "./tell-receipts.ts";

const CALLBACK_MAX_BYTES = 256 * 1024;
/** As our own callback address has it; whatever else stands there is none. */
const attemptNumber = z.coerce.number().int().min(1).optional().catch(undefined);

/** The path of a callback: whose, which account's, and the token that only the carrier was told. */
export interface CallbackPath {
  readonly tenant: string;
  readonly carrier: string;
  readonly token: string;
}

export interface CallbackDeps extends TellReceiptsDeps {
  readonly publicUrl: string;
  readonly callbackToken: (tenant: string, carrier: string) => Promise<string>;
  /** The account of the catalog in force, else of the one that made the message; undefined where there is none that can be used. */
  readonly carrierFor: (tenant: string, name: string, messageId: string | undefined) => Promise<MountedCarrier | undefined>;
  /** Other carriers of the catalog in force that are the same account. */
  readonly sameAccount: (tenant: string, name: string) => Promise<readonly string[]>;
}

/** `POST /carriers/{tenant}/{carrier}/{token}/receipts`: check that it is genuine, read it, tell each Recipient, then acknowledge. */
export async function takeReceipts(request: Request, path: CallbackPath, deps: CallbackDeps): Promise<Response> {
  const nothing = problemResponse(problemOf("not-found", "There is nothing here."));
  const { tenant, carrier: name, token } = path;
  if (!tenantId.safeParse(tenant).success || !(await equalSecrets(token, await deps.callbackToken(tenant, name)))) return nothing;
  const { searchParams } = new URL(request.url);
  const about = messageId.safeParse(searchParams.get("m"));
  const carrier = await deps.carrierFor(tenant, name, about.data);
  if (!carrier) return nothing;
  const body = await readText(request, CALLBACK_MAX_BYTES);
  if (!body.ok) return problemResponse(body.problem);

  const callback = {
    method: request.method,
    url: publicUrlOf(request, deps.publicUrl),
    headers: Object.fromEntries(request.headers),
    body: body.value,
  };
  if ((await carrier.verifyCallback(callback)) === "forged") return problemResponse(problemOf("forbidden", "The signature does not fit."));
  const read = carrier.readReceipts(callback);
  if (read.kind === "unreadable") return problemResponse(problemOf("invalid", `The receipt cannot be read: ${read.why}.`));
  const unmatched = await tellReceipts(
    {
      tenant,
      carrier: name,
      also: await deps.sameAccount(tenant, name),
      message: searchParams.get("m"),
      attempt: attemptNumber.parse(searchParams.get("a")) ?? 0,
      receipts: read.receipts,
    },
    deps,
  );
  if (unmatched > 0) log("warn", "callback.unmatched", { tenant, carrier: name, receipts: unmatched });
  const { status, body: words, content_type } = carrier.acknowledgement;
  return new Response(words === "" ? null : words, { status, headers: words === "" ? {} : { "content-type": content_type } });
}

/** The address as the carrier knows it, letter for letter: signatures cover it. */
function publicUrlOf(request: Request, publicUrl: string): string {
  return publicUrl + request.url.slice(new URL(request.url).origin.length);
}
