import { beforeAll, describe, expect, it, vi } from "vitest";
import { bytesOf } from "../../src/support/base64.ts";
import { namingKeyOf } from "../../src/support/hashing.ts";
import { callbackTokenOf } from "../../src/support/names.ts";
import { type Answer, ask, type OpenTenant, openTenant } from "./open-tenant.ts";
import { smallCatalog } from "./small-catalog.ts";

/** A tenant whose carrier names no message in its receipts, only the number, and signs nothing. */
function catalogOf() {
  const small = smallCatalog();
  const carriers = {
    main: {
      adapter: "tencent",
      base_url: "https://sms.tencentcloudapi.com",
      settings: { secret_id: "AKID0000000000000001", sdk_app_id: "1400006666", sign_name: "鲸落商城" },
      secrets: { secret_key: "CARRIER_SHOP_TWILIO" },
    },
  };
  const carrier_templates = { main: { code: "1108", params: ["{{ data.name }}"] } };
  const paid = { ...small.notices["order.paid"], carrier_templates };
  return { ...small, carriers, notices: { "order.paid": paid } };
}

/** Where the carrier `main` of a tenant posts receipts, as people enter it into the vendor's console. */
async function receiptsOf(tenant: string): Promise<string> {
  const naming = await namingKeyOf(bytesOf(Buffer.alloc(32, 1).toString("base64")));
  return `/carriers/${tenant}/main/${await callbackTokenOf(naming, tenant, "main")}/receipts`;
}

let shop: OpenTenant;
let receipts = "";
let serials = 0;
/** Whether the carrier's answer is lost on its way, after it took the message. */
let silent = false;
const serialOf = new Map<string, string>();
beforeAll(async () => {
  vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
    const body = String(init.body);
    const numbers = body.match(/(?<="PhoneNumberSet":\[)[^\]]+/)?.[0].match(/\+\d+/g) ?? [];
    const set = numbers.map((number) => {
      const serial = `2640:${++serials}`;
      serialOf.set(number, serial);
      return { SerialNo: serial, PhoneNumber: number, Fee: 1, SessionContext: "", Code: "Ok", Message: "send success", IsoCode: "CN" };
    });
    return silent ? new Response("gone", { status: 500 }) : Response.json({ Response: { SendStatusSet: set, RequestId: "r" } });
  });
  shop = await openTenant("shop", catalogOf());
  receipts = await receiptsOf("shop");
});

const report = (...of: readonly (readonly [number: string, sid: string | undefined])[]): Promise<Answer> =>
  ask(
    "POST",
    receipts,
    undefined,
    of.map(([number, sid = "2640:0"]) => ({
      user_receive_time: "2026-01-15 16:30:05",
      nationcode: "86",
      mobile: number.slice(3),
      report_status: "SUCCESS",
      errmsg: "DELIVRD",
      sid,
    })),
  );

let posted = 0;
/** Posts one message to a person with this number and gives its id when it is in this state. */
async function send(recipient: string, number: string, until = "sent"): Promise<string> {
  const recipients = [{ id: recipient, addresses: { sms: number } }];
  const { text } = await shop.post({ id: `e${++posted}`, source: "/shop", type: "order.paid", recipients, data: { name: "x" } });
  const id = text.match(/[A-Za-z0-9_-]{44}/)?.[0] ?? "none";
  await vi.waitFor(async () => expect(await state(id)).toBe(until), 30_000);
  return id;
}
const state = async (id: string): Promise<unknown> => (await shop.get(`/v1/messages/${id}`)).text.match(/"state":"(\w+)"/)?.[1];

describe("Receipts that name a number and no message", () => {
  it("find their messages, many of one callback, and are acknowledged in the carrier's words", async () => {
    const numbers = ["+8613800131001", "+8613800131002"];
    const ids = await Promise.all(numbers.map((number, at) => send(`u${at}`, number)));
    const answer = await report(...numbers.map((number) => [number, serialOf.get(number)] as const));
    expect(answer).toMatchObject({ status: 200, body: { result: 0 } });
    expect(await Promise.all(ids.map(state))).toEqual(["delivered", "delivered"]);
  });

  it("find a person who has another number since", async () => {
    const id = await send("moved", "+8613800131003");
    await shop.put("/v1/recipients/moved", { addresses: { sms: "13800131004" } });
    await report(["+8613800131003", serialOf.get("+8613800131003")]);
    expect(await state(id)).toBe("delivered");
  });

  it("find the one of several people who was told, by the carrier's reference", async () => {
    const number = "+8613800131005";
    const first = await send("ann", number);
    const serial = serialOf.get(number);
    const second = await send("ben", number);
    await report([number, serial]);
    expect([await state(first), await state(second)]).toEqual(["delivered", "sent"]);
  });

  it("show that a call whose answer was lost has arrived", async () => {
    const number = "+8613800131006";
    silent = true;
    const id = await send("lost", number, "sending");
    await vi.waitFor(async () => expect((await shop.get(`/v1/messages/${id}`)).text).toContain('"unclear"'), 30_000);
    silent = false;
    await report([number, serialOf.get(number)]);
    expect(await state(id)).toBe("delivered");
  });

  it("are acknowledged though nobody has the number, or another reference is that of what they were told", async () => {
    const id = await send("known", "+8613800131007");
    expect(await report(["+8613800139999", "2640:1"], ["+8613800131007", "2640:other"])).toMatchObject({ status: 200 });
    expect(await state(id)).toBe("sent");
  });

  it("come to an address that the vendor's console may look at first", async () => {
    const small = smallCatalog("other");
    const settings = { access_key_id: "LTAI0000000000000001", sign_name: "鲸落商城" };
    const secrets = { access_key_secret: "CARRIER_OTHER_TWILIO" };
    const main = { adapter: "alibaba", base_url: "https://dysmsapi.aliyuncs.com", settings, secrets };
    const carrier_templates = { main: { code: "SMS_1", params: { name: "{{ data.name }}" } } };
    const paid = { ...small.notices["order.paid"], carrier_templates };
    await openTenant("other", { ...small, carriers: { main }, notices: { "order.paid": paid } });
    expect(await ask("GET", await receiptsOf("other"))).toMatchObject({ status: 200, body: { code: 0 } });
    expect(await ask("GET", receipts.replace("shop", "other"))).toMatchObject({ status: 404 });
  });
});
