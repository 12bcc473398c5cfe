import { cut } from "../../support/cut.ts";
import { type Issue, issuesOf } from "../../support/issues.ts";
import type { Outgoing } from "../../support/outgoing.ts";
import { withoutAddresses } from "../../support/without-addresses.ts";
import type { CarrierAnswer, CarrierLimits } from "../../vocabulary/carrier.ts";
import type {
  Callback,
  CallbackVerdict,
  CarrierAccount,
  CarrierAdapter,
  CarrierBalance,
  CarrierFinding,
  CarrierQuestion,
  OutgoingText,
  ReceiptsRead,
  RepliesRead,
} from "./adapter.ts";
import { alibaba } from "./alibaba.ts";
import { tencent } from "./tencent.ts";
import { twilio } from "./twilio.ts";

/** An adapter bound to one account: what deliver and accept work with, whatever the vendor's settings look like. */
export interface MountedCarrier {
  readonly limits: CarrierLimits;
  readonly acknowledgement: CarrierAdapter<unknown>["acknowledgement"];
  /** Who its messages come from, where that is one. */
  readonly sender?: string;
  /** One call. The answer's `detail` holds no phone number and at most 200 characters, whatever the carrier wrote. */
  send(text: OutgoingText, outgoing: Outgoing): Promise<CarrierAnswer>;
  /** One call for several texts whose `together` is equal. Left out where the carrier takes one number a call. */
  readonly sendMany?: (texts: readonly OutgoingText[], outgoing: Outgoing) => Promise<readonly CarrierAnswer[]>;
  readonly together?: (text: OutgoingText) => string | undefined;
  readonly query?: (question: CarrierQuestion, outgoing: Outgoing) => Promise<CarrierFinding>;
  readonly balance?: (outgoing: Outgoing) => Promise<CarrierBalance | undefined>;
  verifyCallback(callback: Callback): Promise<CallbackVerdict>;
  readReceipts(callback: Callback): ReceiptsRead;
  readonly readReplies?: (callback: Callback) => RepliesRead;
}

/** `secrets` are the names that an account with these settings must give; pointers of `issues` begin at the settings. */
export type SettingsCheck = { readonly secrets: readonly string[] } & (
  | { readonly kind: "valid" }
  | { readonly kind: "invalid"; readonly issues: readonly Issue[] }
);

/** An account with wrong settings or without its secrets is never mounted, so that no call is made which cannot succeed. */
export type Mounting =
  | { readonly kind: "mounted"; readonly carrier: MountedCarrier }
  | { readonly kind: "invalid"; readonly issues: readonly Issue[] }
  | { readonly kind: "missing_secrets"; readonly names: readonly string[] };

/** An adapter whose type of settings is its own affair. */
export interface RegisteredAdapter extends Pick<CarrierAdapter<unknown>, "name" | "hosts" | "limits"> {
  /** Whether the vendor tells what is left on the account. */
  readonly tells_balance: boolean;
  /** For the check of a catalog, before any secret is at hand. */
  checkSettings(settings: unknown): SettingsCheck;
  mount(account: CarrierAccount<unknown>): Mounting;
}

/** The adapters that there are: one line each, its name and itself. */
const ADAPTERS: ReadonlyMap<string, RegisteredAdapter> = new Map([
  [twilio.name, register(twilio)],
  [tencent.name, register(tencent)],
  [alibaba.name, register(alibaba)],
]);

/** Their names, in the order of the table. */
export const adapterNames: readonly string[] = [...ADAPTERS.keys()];

export type AdapterSearch =
  | { readonly kind: "found"; readonly adapter: RegisteredAdapter }
  | { readonly kind: "unknown"; readonly known: readonly string[] };

/** Finds an adapter by the name that a catalog gives; `known` are the names that it may give. */
export function findAdapter(name: string): AdapterSearch {
  const adapter = ADAPTERS.get(name);
  return adapter ? { kind: "found", adapter } : { kind: "unknown", known: adapterNames };
}

/** Closes over the type of settings: outside, settings are unknown until the adapter's own schema has read them. */
function register<Settings>(adapter: CarrierAdapter<Settings>): RegisteredAdapter {
  const { name, hosts, limits } = adapter;
  return {
    name,
    hosts,
    limits,
    tells_balance: adapter.balance !== undefined,
    checkSettings(settings) {
      const secrets = adapter.secrets(Object(settings));
      const read = readSettings(adapter, settings);
      return read.kind === "valid" ? { kind: "valid", secrets } : { ...read, secrets };
    },
    mount(account) {
      const read = readSettings(adapter, account.settings);
      if (read.kind === "invalid") return read;
      const names = adapter.secrets(Object(account.settings)).filter((secret) => !account.secrets[secret]);
      return names.length > 0
        ? { kind: "missing_secrets", names }
        : { kind: "mounted", carrier: bind(adapter, { ...account, settings: read.settings }) };
    },
  };
}

function bind<Settings>(adapter: CarrierAdapter<Settings>, account: CarrierAccount<Settings>): MountedCarrier {
  const { sendMany, together, query, balance, readReplies } = adapter;
  const sender = adapter.sender?.(account.settings);
  return {
    ...(sender === undefined ? {} : { sender }),
    limits: adapter.limits,
    acknowledgement: adapter.acknowledgement,
    send: async (text, outgoing) => withoutNumbers(await adapter.send(account, text, outgoing)),
    ...(sendMany && {
      sendMany: async (texts, outgoing) => (await sendMany(account, texts, outgoing)).map(withoutNumbers),
    }),
    ...(together && { together: (text) => together(account, text) }),
    ...(query && { query: (question, outgoing) => query(account, question, outgoing) }),
    ...(balance && { balance: (outgoing) => balance(account, outgoing) }),
    verifyCallback: (callback) => adapter.verifyCallback(account, callback),
    readReceipts: (callback) => adapter.readReceipts(callback),
    ...(readReplies && { readReplies }),
  };
}

/** Settings by the adapter's schema, or what is wrong with them. */
function readSettings<Settings>(adapter: CarrierAdapter<Settings>, settings: unknown) {
  const read = adapter.settings.safeParse(settings);
  if (read.success) return { kind: "valid", settings: read.data } as const;
  return { kind: "invalid", issues: issuesOf(read.error) } as const;
}

function withoutNumbers(answer: CarrierAnswer): CarrierAnswer {
  return answer.detail === undefined ? answer : { ...answer, detail: cut(withoutAddresses(answer.detail), 200) };
}
