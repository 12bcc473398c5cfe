import { z } from "zod";
import { LocalProblem } from "./local.ts";

/** A request that was answered with something else than asked for; the message names status and body. */
export class UnexpectedAnswer extends Error {
  override readonly name = "UnexpectedAnswer";
  readonly status: number;

  constructor(what: string, status: number, body: string) {
    super(`${what} answered ${status}: ${body.slice(0, 500)}`);
    this.status = status;
  }
}

const decided = z.object({
  id: z.string(),
  recipient: z.string(),
  notice: z.string(),
  decision: z.string(),
  reason: z.string().optional(),
  replayed: z.boolean().optional(),
});
const answeredEvent = z.object({
  id: z.string().optional(),
  source: z.string().optional(),
  messages: z.array(decided).optional(),
  problem: z.looseObject({ title: z.string().optional(), detail: z.string().optional() }).optional(),
});
const recovered = z.object({ recipients: z.number(), requeued: z.number(), unavailable: z.number(), next: z.string().optional() });
/** Recipients that were looked after, messages put back, and recipients that could not be asked. */
export type Recovered = Omit<z.infer<typeof recovered>, "next">;
const eventsAnswer = z.object({ events: z.array(answeredEvent) });
/** What the router says about each event of one request. */
export type EventsAnswer = z.infer<typeof eventsAnswer>;

const timelineMessage = z.object({
  id: z.string(),
  notice: z.string(),
  state: z.string(),
  reason: z.string().optional(),
  attempts: z.array(z.object({ reference: z.string().optional(), answer: z.looseObject({ kind: z.string() }).optional() })).default([]),
});
/** One message with what was tried for it. */
export type TimelineMessage = z.infer<typeof timelineMessage>;

const madeTenant = z.object({ key: z.string() });

/** The router's HTTP API, as far as dev and demo need it. Every call throws `UnexpectedAnswer` where it was not granted, `LocalProblem` where nobody answers. */
export interface RouterClient {
  /** `POST /v1/tenants`; the tenant's first admin key, or undefined where the tenant is there already. */
  createTenant(rootKey: string, id: string, name: string): Promise<string | undefined>;
  publishCatalog(key: string, catalog: unknown): Promise<void>;
  putRecipient(key: string, id: string, profile: unknown): Promise<void>;
  /** `POST /v1/events` with headers and body as the CloudEvents client made them. */
  postEvents(key: string, headers: Readonly<Record<string, string>>, body: string): Promise<EventsAnswer>;
  readMessage(key: string, id: string): Promise<TimelineMessage>;
  /** Puts back into the lanes what a lost queue left behind, page by page; `said` hears the sums so far where there is more. */
  recover(key: string, said?: (soFar: Recovered) => void): Promise<Recovered>;
}

export function routerClient(origin: string): RouterClient {
  const ask = async (
    method: string,
    path: string,
    key: string,
    body?: string,
    headers: Readonly<Record<string, string>> = JSON_HEADERS,
  ) => {
    const what = `${method} ${path}`;
    try {
      const response = await fetch(`${origin}${path}`, {
        method,
        headers: { ...(body === undefined ? {} : headers), authorization: `Bearer ${key}` },
        ...(body === undefined ? {} : { body }),
      });
      return { status: response.status, text: await response.text(), what };
    } catch {
      throw new LocalProblem(`${what} was not answered: the router at ${origin} has died or was stopped`);
    }
  };
  const granted = (answer: { status: number; text: string; what: string }): unknown => {
    if (answer.status < 200 || answer.status > 299) throw new UnexpectedAnswer(answer.what, answer.status, answer.text);
    return answer.text === "" ? undefined : JSON.parse(answer.text);
  };
  return {
    async createTenant(rootKey, id, name) {
      const answer = await ask("POST", "/v1/tenants", rootKey, JSON.stringify({ id, name }));
      return answer.status === 409 ? undefined : madeTenant.parse(granted(answer)).key;
    },
    async publishCatalog(key, catalog) {
      granted(await ask("PUT", "/v1/catalog", key, JSON.stringify(catalog)));
    },
    async putRecipient(key, id, profile) {
      granted(await ask("PUT", `/v1/recipients/${encodeURIComponent(id)}`, key, JSON.stringify(profile)));
    },
    async postEvents(key, headers, body) {
      return eventsAnswer.parse(granted(await ask("POST", "/v1/events", key, body, headers)));
    },
    async readMessage(key, id) {
      return timelineMessage.parse(granted(await ask("GET", `/v1/messages/${id}`, key)));
    },
    async recover(key, said) {
      const sums = { recipients: 0, requeued: 0, unavailable: 0 };
      for (let query = ""; ; ) {
        const page = recovered.parse(granted(await ask("POST", `/v1/recover${query}`, key)));
        sums.recipients += page.recipients;
        sums.requeued += page.requeued;
        sums.unavailable += page.unavailable;
        if (page.next === undefined) return sums;
        said?.({ ...sums });
        query = `?cursor=${page.next}`;
      }
    },
  };
}

const JSON_HEADERS = { "content-type": "application/json" };
