import * as z from "zod";
import { type Reader, renderMessage, type Told } from "../render/render-message.ts";
import { closesAccount } from "../settle/what-follows.ts";
import type { CompiledCatalog } from "../store/compiled-catalog.ts";
import type { Pauses } from "../store/pauses.ts";
import { cut } from "../support/cut.ts";
import { log } from "../support/log.ts";
import type { Outgoing } from "../support/outgoing.ts";
import { contextOf, type Sealer } from "../support/sealing.ts";
import { withoutAddresses } from "../support/without-addresses.ts";
import type { CarrierAnswer } from "../vocabulary/carrier.ts";
import { event } from "../vocabulary/event.ts";
import type { MountedCarrier } from "./carriers/registry.ts";
import { carriersFor, chooseCarrier } from "./choose-carrier.ts";
import type { ClaimedMessage, ToldAnswer, ToldResult } from "./recipient-port.ts";

export interface DeliverDeps {
  readonly now: () => number;
  /** What the tenant has paused, at most two seconds behind. */
  readonly pauses: (tenant: string) => Promise<Pauses>;
  readonly catalogVersion: (tenant: string, version: number) => Promise<CompiledCatalog>;
  /** The account as the catalog has it, with its secrets; undefined where it cannot be used. */
  readonly carrier: (tenant: string, catalog: CompiledCatalog, name: string) => MountedCarrier | undefined;
  readonly sealer: Sealer;
  readonly outgoing: Outgoing;
  /** Where receipts for this attempt shall come. */
  readonly callbackUrl: (tenant: string, carrier: string, message: string, attempt: number) => Promise<string>;
  readonly tell: (tenant: string, recipientKey: string, told: readonly ToldAnswer[]) => Promise<readonly ToldResult[]>;
}

/** Sends one claimed message and tells its Recipient what came of it. `leaseUntil`: by then the answer must be told. */
export async function deliverMessage(
  tenant: string,
  recipientKey: string,
  claimed: ClaimedMessage,
  leaseUntil: number,
  deps: DeliverDeps,
): Promise<ToldResult | undefined> {
  const answered = await attempt(tenant, claimed, leaseUntil, deps);
  const [result] = await deps.tell(tenant, recipientKey, [{ kind: "answer", id: claimed.id, n: claimed.n, ...answered }]);
  return result;
}

type Answered = Pick<ToldAnswer, "carrier" | "answer" | "untried" | "open">;

async function attempt(tenant: string, claimed: ClaimedMessage, leaseUntil: number, deps: DeliverDeps): Promise<Answered> {
  const prepared = await prepare(tenant, claimed, deps);
  if (prepared.kind === "answered") return prepared.answered;
  const { carrier, name, to, text, untried, open } = prepared;
  const { call_deadline_ms } = carrier.limits;
  // The lease may not run out during the call: whoever claims next would take this call for lost and perhaps send again.
  if (deps.now() + call_deadline_ms > leaseUntil)
    return { carrier: NO_CARRIER, untried, open, answer: { kind: "unreachable", code: "late", detail: "no free slot within the lease" } };
  const answer = await carrier.send(
    { to, text, message: claimed.id, callback_url: await deps.callbackUrl(tenant, name, claimed.id, claimed.n) },
    deps.outgoing,
  );
  return { carrier: name, untried, open: closesAccount(answer) ? open - 1 : open, answer };
}

type Prepared =
  | { readonly kind: "answered"; readonly answered: Answered }
  | {
      readonly kind: "ready";
      readonly carrier: MountedCarrier;
      readonly name: string;
      readonly to: string;
      readonly text: string;
      readonly untried: number;
      readonly open: number;
    };

/** All that comes before the call. Nothing has been sent if it fails: faults of ours are tried again, faults of the words are not. */
async function prepare(tenant: string, claimed: ClaimedMessage, deps: DeliverDeps): Promise<Prepared> {
  try {
    const compiled = await deps.catalogVersion(tenant, claimed.catalog);
    const order = carriersFor(compiled.catalog.routes ?? [], {
      channel: claimed.channel,
      class: claimed.class,
      country: claimed.address.country,
    });
    const { carriers: paused } = await deps.pauses(tenant);
    const choice = chooseCarrier(order, claimed.before, paused);
    if (choice.kind === "paused") return without({ kind: "throttled", code: "paused", retry_after_seconds: PAUSED_AGAIN_SECONDS }, 1);
    if (choice.kind === "none") return without({ kind: "refused", because: "config", code: choice.why });
    const { name, untried, open } = choice;
    const carrier = deps.carrier(tenant, compiled, name);
    if (!carrier) {
      const detail = "the account's settings or secrets are missing";
      const answer: CarrierAnswer = { kind: "refused", because: "config", code: "unusable", detail };
      return { kind: "answered", answered: { carrier: name, untried, open: open - 1, answer } };
    }
    const { to, reader, told } = await opened(tenant, claimed, deps);
    const rendered = renderMessage(compiled.catalog, claimed, told, reader);
    if (rendered.kind === "unrenderable")
      return without({ kind: "refused", because: "content", code: "unrenderable", detail: cut(withoutAddresses(rendered.why), 200) });
    if (rendered.text.length > carrier.limits.text_max_units) return without({ kind: "refused", because: "content", code: "too_long" });
    return { kind: "ready", carrier, name, to, text: rendered.text, untried, open };
  } catch (error) {
    log("error", "deliver.prepare.failed", { tenant, message: claimed.id, error: error instanceof Error ? error.name : "unknown" });
    return without({ kind: "unreachable", code: "internal" }, 1);
  }
}

/** What was sealed, opened: the address, the reader, and what the words are about. */
async function opened(
  tenant: string,
  claimed: ClaimedMessage,
  { sealer }: DeliverDeps,
): Promise<{ to: string; reader: Reader; told: Told }> {
  const parsed = async (sealed: string): Promise<unknown> => JSON.parse(await sealer.open(sealed, contextOf(tenant, "event")));
  const [to, id, attributes, data, merged] = await Promise.all([
    sealer.open(claimed.address.sealed, contextOf(tenant, "address")),
    sealer.open(claimed.recipient.id, contextOf(tenant, "recipient")),
    parsed(claimed.sealed),
    claimed.data === undefined ? undefined : parsed(claimed.data),
    Promise.all(claimed.merged.map((sealed) => (sealed === "" ? undefined : parsed(sealed)))),
  ]);
  return {
    to,
    reader: { ...claimed.recipient, id },
    told: { event: event.parse({ ...z.looseObject({}).parse(attributes), data }), merged },
  };
}

const PAUSED_AGAIN_SECONDS = 15;

/** Stands for the carrier where none was asked; no catalog can name one so. */
const NO_CARRIER = "";

/** An answer for which no carrier was asked. */
function without(answer: CarrierAnswer, open = 0): Prepared {
  return { kind: "answered", answered: { carrier: NO_CARRIER, untried: 0, open, answer } };
}
