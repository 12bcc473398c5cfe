import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { Recipient } from "../../src/admit/recipient.ts";
import type { RowPlace } from "../../src/admit/recipient-storage.ts";
import { contextOf, type Sealer, sealerOf, sealingKeysOf } from "../../src/support/sealing.ts";
import { ask, type OpenTenant, openTenant, ROOT_KEY } from "../accept/open-tenant.ts";
import { smallCatalog } from "../accept/small-catalog.ts";
import { stubCarrier } from "../accept/stub-carrier.ts";

const OLD = new Uint8Array(32).fill(2);
const NEW = new Uint8Array(32).fill(7);
const KEYS = `k2:${Buffer.from(NEW).toString("base64")},k1:${Buffer.from(OLD).toString("base64")}`;
const OLDER = /(?<![\w.-])k1\.[\w-]{16}\./;

let shop: OpenTenant;
let onlyNew: Sealer;
beforeAll(async () => {
  stubCarrier();
  const base = smallCatalog("shop");
  const gathered = { ...base.notices["parcel.late"], digest: { key: "{{ data.order }}", window: "PT1H", max: 50 } };
  shop = await openTenant("shop", { ...base, notices: { ...base.notices, "parcel.late": gathered } });
  onlyNew = sealerOf(await sealingKeysOf([["k2", NEW]]));
});

const later = () => new Date(Date.now() + 86_400_000).toISOString();

async function post(person: string, type: string, more: object = {}): Promise<string> {
  const event = { id: crypto.randomUUID(), source: "/s", type, subject: person, data: { name: "x" }, ...more };
  return (await shop.post(event)).text.match(/[\w-]{44}/)?.[0] ?? "none";
}

/** The object of who has this message, under other settings: what it holds, and all of its rows. */
async function inObject<Answer>(id: string, act: (recipient: Recipient, texts: () => string[]) => Answer): Promise<Answer> {
  const stub = env.RECIPIENT.getByName(`shop/${id.slice(0, 22)}`);
  return runInDurableObject(stub, (_: Recipient, state) => {
    const texts = () =>
      [
        ["document", "body"],
        ["beside", "text"],
        ["history", "body"],
      ].flatMap(([table, column]) => {
        const known = state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name = ?", table).toArray();
        return known.length === 0
          ? []
          : state.storage.sql
              .exec(`SELECT ${column} AS text FROM ${table}`)
              .toArray()
              .map(({ text }) => String(text));
      });
    return act(new Recipient(state, Object.assign({}, env, { SEALING_KEYS: KEYS })), texts);
  });
}

describe("A Recipient that seals anew", () => {
  it("leaves nothing under an older key, in its document, beside it and in its history, and changes nothing else", async () => {
    await shop.put("/v1/recipients/u1", { addresses: { sms: "+8613800160001", email: "u1@mail.example" }, tags: ["k1.like"] });
    const large = { data: { name: "x", long: "长".repeat(4_000) }, deliverat: later() };
    const id = await post("u1", "order.paid", large);
    for (let at = 0; at < 6; at++) await post("u1", "parcel.late", { data: { name: "n".repeat(900), order: "o" } });
    await Promise.all(Array.from({ length: 110 }, () => post("stranger", "order.paid")));
    const stranger = await post("stranger", "order.paid");
    const before = (await shop.get("/v1/messages?recipient=u1")).text;
    for (const one of [id, stranger]) {
      const [was, is] = await inObject(one, (recipient, texts) => {
        const all = texts();
        let after: RowPlace | undefined;
        let changed = 0;
        for (let calls = 0; calls < 9; calls++) {
          const answer = recipient.reseal("k2", after);
          expect(answer.unreadable).toBe(0);
          changed += answer.changed;
          after = answer.next;
          if (!after) break;
        }
        expect(changed).toBeGreaterThan(3);
        expect(recipient.reseal("k2", undefined)).toEqual({ changed: 0, unreadable: 0 });
        return [all, texts()];
      });
      expect(was.some((text) => OLDER.test(text))).toBe(true);
      expect(is.filter((text) => OLDER.test(text))).toEqual([]);
      const blank = (text: string): string => text.replaceAll(/k[12]\.[\w-]{16}\.[\w-]{22,}/g, "sealed");
      expect(is.map(blank)).toEqual(was.map(blank));
    }
    const document = await inObject(id, (_, texts) => texts()[0] ?? "");
    const sealed: { profile: { id: string; addresses: { sms: { sealed: string } } } } = JSON.parse(document);
    expect(await onlyNew.open(sealed.profile.id, contextOf("shop", "recipient"))).toBe("u1");
    expect(await onlyNew.open(sealed.profile.addresses.sms.sealed, contextOf("shop", "address"))).toBe("+8613800160001");
    expect(before).toContain(id);
  });

  it("goes on from where it stopped: so many rows a call as it takes to read a megabyte", async () => {
    const id = await post("u2", "order.paid", { recipients: [{ id: "u2", addresses: { sms: "+8613800160002" } }] });
    for (let at = 0; at < 24; at++) await post("u2", "order.paid", { data: { name: "x", long: "x".repeat(60_000) }, deliverat: later() });
    const calls = await inObject(id, (recipient, texts) => {
      let calls = 0;
      for (let after: RowPlace | undefined; calls < 20; ) {
        calls++;
        after = recipient.reseal("k2", after).next;
        if (!after) break;
      }
      expect(texts().filter((text) => OLDER.test(text))).toEqual([]);
      return calls;
    });
    expect(calls).toBeGreaterThan(1);
    expect(calls).toBeLessThan(5);
  });

  it("does nothing by an object that does not have the new key in front yet", async () => {
    const id = await post("u3", "order.paid", { recipients: [{ id: "u3", addresses: { sms: "+8613800160003" } }] });
    await expect(inObject(id, (recipient) => recipient.reseal("k3", undefined))).rejects.toThrow("current");
  });
});

describe("/v1/sealing", () => {
  it("says that there is nothing to do where there is one key", async () => {
    expect((await shop.get("/v1/sealing")).body).toEqual({ current: "k1", older: [], state: "one_key" });
    expect((await ask("POST", "/v1/sealing", shop.admin, { at_once: true })).body).toEqual({ current: "k1", older: [], state: "one_key" });
    expect((await ask("GET", "/v1/tenants/sealing", ROOT_KEY)).body).toEqual({ current: "k1", older: [], state: "one_key" });
    expect(await ask("POST", "/v1/sealing", shop.admin, { at_once: false })).toMatchObject({ status: 422 });
  });
});
