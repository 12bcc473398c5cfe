import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { planByRecipient, planEvent } from "../../src/accept/plan-event.ts";
import { type Rulebook, rulebookOf } from "../../src/accept/rulebook.ts";
import type { Admitted } from "../../src/admit/admit-events.ts";
import type { ProfileChange } from "../../src/admit/change-profile.ts";
import type { Recipient } from "../../src/admit/recipient.ts";
import type { AdmitCommand } from "../../src/admit/recipient-commands.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";
import type { Event } from "../../src/vocabulary/event.ts";

/** A Recipient inside workerd, spoken to without HTTP: events are planned by a catalog and posted to it. */
export interface LivePerson {
  readonly stub: DurableObjectStub<Recipient>;
  readonly recipient: AdmitCommand["recipient"];
  /** Decisions of one event; undefined where it was decided with another body before. */
  post(event: Event, profile?: ProfileChange, recipients?: readonly string[]): Promise<readonly Admitted[] | undefined>;
  change(profile: ProfileChange): Promise<void>;
  /** What a consumer and a carrier would do: claimed, taken and delivered. Answers which were given to send. */
  deliver(ids: readonly string[]): Promise<string[]>;
  /** Fires the alarm now, as the platform would. */
  wake(): Promise<void>;
}

export function rulesFor(body: object): Rulebook {
  return rulebookOf(catalog.parse(body), 1);
}

export function livePerson(rulebook: Rulebook, id: string, tenant = "shop"): LivePerson {
  const key = id
    .replaceAll(/[^A-Za-z0-9]/g, "-")
    .padEnd(22, "_")
    .slice(0, 22);
  const stub = env.RECIPIENT.getByName(`${tenant}/${key}`);
  const recipient = { id, key, sealed: "k1.x.y" };
  return {
    stub,
    recipient,
    async post(event, profile, recipients) {
      const own = planByRecipient(planEvent(event, recipients, rulebook)).get(id);
      const order = own && { event, body_hash: bodyOf(event), sealed: event.id, data: "k1.d.d", ...own };
      const { outcomes } = await stub.admit({ recipient, entries: [{ ...(profile ? { profile } : {}), ...(order ? { order } : {}) }] });
      const [outcome] = outcomes;
      return outcome?.kind === "decided" ? outcome.admitted : undefined;
    },
    async change(profile) {
      await stub.admit({ recipient, entries: [{ profile }] });
    },
    async deliver(ids) {
      if (ids.length === 0) return [];
      const claims = await stub.claim({ ids, lease_ms: 60_000, paused: [] });
      const sent = claims.flatMap((claim) => (claim.kind === "send" ? [claim.message] : []));
      await stub.tell(
        sent.flatMap(({ id: message, n }) => [
          { kind: "answer", id: message, n, carrier: "main", answer: { kind: "taken", reference: message }, untried: 0, open: 1 } as const,
          { kind: "receipt", id: message, carrier: "main", reference: message, status: "delivered", arrived_at: 1 } as const,
        ]),
      );
      return sent.map(({ id: message }) => message);
    },
    async wake() {
      await runInDurableObject(stub, (instance: Recipient) => instance.alarm());
    },
  };
}

function bodyOf({ data, subject, type }: Event): string {
  return JSON.stringify([type, subject, data]).slice(0, 60);
}

/** A profile with an SMS address, and what a test wants besides. */
export function profileWith(over: Partial<ProfileChange> & { readonly time_zone?: string } = {}): ProfileChange {
  const { time_zone, ...rest } = over;
  return {
    how: "merge",
    profile: { id: "k1.x.y", ...(time_zone === undefined ? {} : { time_zone }) },
    addresses: { sms: { sealed: "k1.x.y", hash: "h" } },
    preferences: [{ scope: "all", channel: "*", state: "in", at: 0 }],
    ...rest,
  };
}

export function eventOf(id: string, type: string, subject: string, at: number, data: object = {}, more: Partial<Event> = {}): Event {
  return { id, source: "/test", type, subject, time: new Date(at).toISOString(), data, extensions: {}, ...more };
}
