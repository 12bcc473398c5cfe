import { env } from "cloudflare:workers";
import { createHmac } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Answer, ask, type OpenTenant, ORIGIN, openTenant } from "./open-tenant.ts";
import { type AskedSms, stubCarrier } from "./stub-carrier.ts";

const TOKENS = { shop: "fakeAuthToken0000000000000000001", other: "fakeAuthToken0000000000000000002" };

/** A callback's address and the form that goes to it. */
interface Called {
  readonly url: string;
  readonly form: Readonly<Record<string, string>>;
}

/** Twilio's signature: HMAC-SHA1 over the address and the sorted fields. */
function signatureOf({ url, form }: Called, token: string): string {
  const fields = Object.keys(form)
    .sort()
    .map((name) => name + form[name])
    .join("");
  return createHmac("sha1", token)
    .update(url + fields)
    .digest("base64");
}

const call = (called: Called, signature: string): Promise<Answer> =>
  ask("POST", called.url.slice(ORIGIN.length), undefined, new URLSearchParams(called.form).toString(), {
    "content-type": "application/x-www-form-urlencoded",
    "x-twilio-signature": signature,
  });
const callSigned = (called: Called, token = TOKENS.shop): Promise<Answer> => call(called, signatureOf(called, token));

let asked: AskedSms[];
let tenants: { readonly shop: OpenTenant; readonly other: OpenTenant };
let posted = 0;
beforeAll(async () => {
  asked = stubCarrier();
  tenants = { shop: await openTenant("shop"), other: await openTenant("other") };
});

/** A message that the carrier has taken: its id, its state when asked, and its receipt. */
interface SentMessage {
  readonly id: string;
  readonly callback: string;
  readonly receipt: (status: string, over?: Readonly<Record<string, string>>) => Called;
  readonly state: () => Promise<unknown>;
}

async function sendOne(tenant: "shop" | "other"): Promise<SentMessage> {
  const at = ++posted;
  const to = `+861380013${String(at).padStart(4, "0")}`;
  const recipients = [{ id: `u${at}`, addresses: { sms: to } }];
  const { text } = await tenants[tenant].post({ id: `e${at}`, source: "/shop", type: "login.code", recipients, data: { name: "x" } });
  const id = text.match(/[A-Za-z0-9_-]{44}/)?.[0] ?? "none";
  const shown = async () => (await tenants[tenant].get(`/v1/messages/${id}`)).text;
  await vi.waitFor(async () => expect(await shown()).toContain('"state":"sent"'), 30_000);
  const reference = (await shown()).match(/SM\d{32}/)?.[0] ?? "none";
  const callback = asked.find((sms) => sms.to === to)?.callback ?? "none";
  return {
    id,
    callback,
    receipt: (status, over = {}) => ({ url: callback, form: { MessageSid: reference, MessageStatus: status, To: to, ...over } }),
    state: async () => (await shown()).match(/"state":"(\w+)"/)?.[1],
  };
}

let sent: SentMessage;
beforeEach(async () => {
  sent = await sendOne("shop");
});

describe("POST /carriers/{tenant}/{carrier}/{token}/receipts", () => {
  it("takes a receipt that the carrier signed, acknowledges it in its words and settles it, as often as it comes", async () => {
    for (let at = 0; at < 3; at++) {
      const answer = await callSigned(sent.receipt("delivered"));
      expect(answer).toMatchObject({ status: 200, text: "<Response/>" });
      expect(answer.headers.get("content-type")).toMatch(/^text\/xml/);
      expect(await sent.state()).toBe("delivered");
    }
    await callSigned(sent.receipt("sent"));
    expect(await sent.state()).toBe("delivered");
  });

  it("names the public address, the tenant, the carrier, the message and the attempt in the address that it gives out", () => {
    expect(sent.callback).toMatch(new RegExp(`^${ORIGIN}/carriers/shop/main/[A-Za-z0-9_-]{22}/receipts\\?m=${sent.id}&a=1$`));
  });

  it("answers a token that is wrong, or another carrier's or tenant's, by 404 and looks no further", async () => {
    const token = sent.callback.split("/")[6] ?? "none";
    const wrong = [
      sent.callback.replace(token, "A".repeat(22)),
      sent.callback.replace(token, `${token}A`),
      sent.callback.replace("/main/", "/spare/"),
      sent.callback.replace("/shop/", "/other/"),
      sent.callback.replace("/shop/", "/SHOP/"),
      sent.callback.replace("/main/", "/constructor/"),
    ];
    for (const url of wrong) {
      for (const secret of Object.values(TOKENS))
        expect(await callSigned({ ...sent.receipt("delivered"), url }, secret)).toMatchObject({ status: 404 });
    }
    expect(await sent.state()).toBe("sent");
  });

  it("answers a signature that is missing or wrong by 403", async () => {
    const receipt = sent.receipt("delivered");
    for (const signature of ["", "x", signatureOf(receipt, TOKENS.other), signatureOf(sent.receipt("failed"), TOKENS.shop)])
      expect(await call(receipt, signature)).toMatchObject({ status: 403, body: { status: 403 } });
    const moved = { ...receipt, url: receipt.url.replace(/m=.{44}/, `m=${"m".repeat(44)}`) };
    expect(await call(moved, signatureOf(receipt, TOKENS.shop))).toMatchObject({ status: 403 });
    expect(await sent.state()).toBe("sent");
  });

  it("acknowledges a receipt of no message and writes nothing", async () => {
    const key = "n".repeat(22);
    const calls = [`m=${key}${"m".repeat(22)}&a=1`, "m=x&a=1", "", "a=1", "m=%00"].map((query) => ({
      ...sent.receipt("delivered"),
      url: sent.callback.replace(/m=.*$/, query),
    }));
    for (const called of calls) expect(await callSigned(called)).toMatchObject({ status: 200 });
    expect(await env.RECIPIENT.getByName(`shop/${key}`).timeline({})).toEqual({ found: [] });
    expect(await sent.state()).toBe("sent");
  });

  it("applies no receipt to a message of another tenant, though it is signed by a carrier of its own", async () => {
    const theirs = await sendOne("other");
    const query = sent.callback.replace(/^.*\?/, "");
    const crossed = { ...sent.receipt("delivered"), url: theirs.callback.replace(/\?.*$/, `?${query}`) };
    expect(await callSigned(crossed, TOKENS.other)).toMatchObject({ status: 200 });
    expect([await sent.state(), await theirs.state()]).toEqual(["sent", "sent"]);
  });

  it("applies no receipt to another message, or attempt, than the reference's", async () => {
    const second = await sendOne("shop");
    expect(await callSigned({ ...sent.receipt("delivered"), url: second.callback })).toMatchObject({ status: 200 });
    expect(await callSigned({ ...sent.receipt("delivered"), url: sent.callback.replace("a=1", "a=2") })).toMatchObject({ status: 200 });
    expect([await sent.state(), await second.state()]).toEqual(["sent", "sent"]);
  });

  it("answers what it cannot read by 422, and too much of it by 413, and lives on", async () => {
    const { url } = sent.receipt("delivered");
    for (const form of [{}, { MessageSid: "SM1" }, { MessageStatus: "delivered" }, { MessageSid: "SM1", MessageStatus: "eaten" }])
      expect(await callSigned({ url, form })).toMatchObject({ status: 422 });
    expect(await callSigned(sent.receipt("delivered", { Body: "x".repeat(300_000) }))).toMatchObject({ status: 413 });
    for (const garbage of ["%E0%A4%A", '{"a":1}', "\u0000", new Uint8Array([0xff, 0xfe])]) {
      const answer = await ask("POST", url.slice(ORIGIN.length), undefined, garbage);
      expect([400, 403]).toContain(answer.status);
    }
    expect(await sent.state()).toBe("sent");
  });
});
