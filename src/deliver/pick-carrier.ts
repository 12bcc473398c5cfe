import { renderCarrierTemplate } from "../render/render-carrier-template.ts";
import type { CompiledCatalog } from "../store/compiled-catalog.ts";
import { cut } from "../support/cut.ts";
import { withoutAddresses } from "../support/without-addresses.ts";
import type { CarrierAnswer } from "../vocabulary/carrier.ts";
import type { Catalog } from "../vocabulary/catalog.ts";
import type { OutgoingText } from "./carriers/adapter.ts";
import type { MountedCarrier } from "./carriers/registry.ts";
import { chooseCarrier } from "./choose-carrier.ts";
import type { CarrierHealth, Pace } from "./gate-port.ts";
import { type Prepared, textFor, wantedOf } from "./prepare-message.ts";
import type { ToldAnswer } from "./recipient-port.ts";
import { orderFor, routeFor } from "./route-order.ts";

/** A message with the carrier that is to send it, and how it is to be put there. */
export interface Picked {
  readonly prepared: Prepared;
  readonly name: string;
  readonly carrier: MountedCarrier;
  readonly text: Omit<OutgoingText, "callback_url">;
  readonly pace: Pace;
  /** Who the message comes from, where the account paces senders: its template's signature, or the account's own sender. */
  readonly sender: string;
  /** The carriers of the route that are left, as the Recipient is told. */
  readonly untried: number;
  readonly open: number;
}

export type Answered = Pick<ToldAnswer, "carrier" | "answer" | "untried" | "open">;

export type CarrierPick =
  | { readonly kind: "picked"; readonly picked: Picked }
  /** No call is needed to know what comes of it. */
  | { readonly kind: "answered"; readonly answered: Answered }
  /** All carriers that are left are paused, or have no room. */
  | { readonly kind: "none_free" };

export interface PickDeps {
  readonly now: () => number;
  /** The account as the catalog has it, with its secrets; undefined where it cannot be used. */
  readonly carrier: (tenant: string, catalog: CompiledCatalog, name: string) => MountedCarrier | undefined;
}

/** Stands for the carrier where none was asked; no catalog can name one so. */
const NO_CARRIER = "";

/** The carrier for a message, among those that are neither paused nor full (`without`), by what is known of their health. */
export function pickCarrier(
  prepared: Prepared,
  without: readonly string[],
  healthOf: (carrier: string) => CarrierHealth | undefined,
  deps: PickDeps,
): CarrierPick {
  const { claimed, compiled, item, to } = prepared;
  const { catalog } = compiled;
  const question = {
    channel: claimed.channel,
    class: claimed.class,
    notice: claimed.notice,
    country: claimed.address.country,
    to,
  };
  const route = routeFor(catalog.routes ?? [], question);
  const order = route ? orderFor(route, question, claimed.id, catalog.carriers ?? {}, healthOf, deps.now()) : [];
  const choice = chooseCarrier(order, claimed.before, without);
  if (choice.kind === "paused") return { kind: "none_free" };
  if (choice.kind === "none") return answered(NO_CARRIER, { kind: "refused", because: "config", code: choice.why }, 0, 0);
  const { name, untried, open } = choice;
  const carrier = deps.carrier(item.tenant, compiled, name);
  if (!carrier) {
    const detail = "the account's settings or secrets are missing";
    return answered(name, { kind: "refused", because: "config", account: true, code: "unusable", detail }, untried, open - 1);
  }
  const template = renderCarrierTemplate(catalog, name, wantedOf(claimed), prepared.told, prepared.reader);
  if (template.kind === "unrenderable") {
    const detail = cut(withoutAddresses(template.why), 200);
    return answered(NO_CARRIER, { kind: "refused", because: "content", code: "unrenderable", detail }, 0, 0);
  }
  const { words } = prepared;
  const text = textFor(words, carrier.limits);
  if (template.kind === "none" && text.length > carrier.limits.text_max_units)
    return answered(NO_CARRIER, { kind: "refused", because: "content", code: "too_long" }, 0, 0);
  return {
    kind: "picked",
    picked: {
      prepared,
      name,
      carrier,
      text: {
        channel: claimed.channel,
        to,
        text,
        message: claimed.id,
        ...(template.kind === "template" ? { template: template.template } : {}),
        ...(words.content ? { content: words.content } : {}),
      },
      pace: paceOf(catalog, name, carrier),
      sender: (template.kind === "template" ? template.template.sign_name : undefined) ?? carrier.sender ?? "",
      untried,
      open,
    },
  };
}

/** What the catalog gives a carrier a second, else the adapter's own figure. */
export function paceOf({ carriers = {} }: Catalog, name: string, { limits }: MountedCarrier): Pace {
  const { per_second = limits.per_second, sender_per_second } = (Object.hasOwn(carriers, name) ? carriers[name] : undefined) ?? {};
  return { per_second, ...(sender_per_second === undefined ? {} : { sender_per_second }) };
}

function answered(carrier: string, answer: CarrierAnswer, untried: number, open: number): CarrierPick {
  return { kind: "answered", answered: { carrier, answer, untried, open } };
}
