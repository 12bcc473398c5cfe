import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { ask, type OpenTenant, openTenant, ROOT_KEY } from "./open-tenant.ts";
import { smallCatalog } from "./small-catalog.ts";
import { stubCarrier } from "./stub-carrier.ts";

let shop: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
});

const preview = (body: unknown, key = shop.admin) => ask("POST", "/v1/templates/preview", key, body);

/** The small catalog with another notice, as a draft. */
function draft(over: object) {
  const { notices, ...rest } = smallCatalog();
  return { ...rest, notices: { ...notices, "parcel.out": { ...notices["order.paid"], ...over } } };
}

describe("POST /v1/templates/preview", () => {
  it("shows the words of the catalog in force, and by which version", async () => {
    const answer = await preview({ notice: "order.paid", data: { name: "李雷" }, locale: "zh-HK", country: "HK" });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        notice: "order.paid",
        version: 1,
        previews: [
          {
            ...{ channel: "sms", locale: "zh-CN", text: "您好李雷", encoding: "UCS-2", rule: "gsm", segments: 1, units: 4 },
            parts: [{ text: "您好李雷", units: 4 }],
            costs: [{ carrier: "main", segments: 1 }],
            warnings: expect.arrayContaining([{ pointer: "/carriers/main/price", detail: "main has no price for HK" }]),
          },
        ],
      },
    });
  });

  it("shows a draft's words by its declared examples, and publishes nothing", async () => {
    const data = { code: { type: "string", max: 6, charset: "digits", example: "0042" } };
    const templates = { sms: { segments: 1, en: "Your code is {{ data.code }}" } };
    const answer = await preview({ notice: "parcel.out", catalog: draft({ data, templates }) });
    expect(answer).toMatchObject({
      status: 200,
      body: { previews: [{ text: "Your code is 0042", units: 17, worst: { segments: 1, units: 19 } }] },
    });
    expect(answer.body).not.toHaveProperty("version");
    expect(await preview({ notice: "parcel.out" })).toMatchObject({ status: 422, body: { errors: [{ pointer: "/notice" }] } });
  });

  it("refuses a draft that could not be published, with all places, and data that an event could not bring", async () => {
    const broken = { ...draft({ ttl: "PT0S" }), routes: [{ channel: "sms", carriers: ["mian"] }] };
    expect(await preview({ notice: "parcel.out", catalog: broken })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/catalog/routes/0/carriers/0" }, { pointer: "/catalog/notices/parcel.out/ttl" }] },
    });
    const declared = draft({ data: { name: { type: "string", max: 4 }, left: "integer" } });
    expect(await preview({ notice: "parcel.out", catalog: declared, data: { name: "abcde" } })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/data/name" }, { pointer: "/data/left" }] },
    });
  });

  it("refuses a question of a wrong form, and one without any catalog", async () => {
    const wrong = { notice: "order.paid", channel: "fax", time_zone: "Mars", country: "ZZ", colour: 1 };
    expect(await preview(wrong)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/channel" }, { pointer: "/time_zone" }, { pointer: "/colour" }] },
    });
    const made = z.object({ key: z.string() }).parse((await ask("POST", "/v1/tenants", ROOT_KEY, { id: "bare" })).body);
    expect(await preview({ notice: "order.paid" }, made.key)).toMatchObject({ status: 422, body: { errors: [{ pointer: "/catalog" }] } });
  });
});
