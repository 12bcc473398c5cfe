import type { Catalog } from "../../src/vocabulary/catalog.ts";

/** A catalog that may be published for the tenant `shop`: one carrier, one route, one notice of each class, at any hour. */
export function smallCatalog(tenant = "shop") {
  const templates = { sms: { "zh-CN": "您好{{ data.name }}", en: "Hello {{ data.name }}" } };
  return {
    defaults: { locale: "zh-CN", time_zone: "Asia/Shanghai", country: "CN" },
    classes: { service: { quiet_hours: [], caps: [] }, marketing: { quiet_hours: [], caps: [] } },
    carriers: {
      main: {
        adapter: "twilio",
        base_url: "https://api.twilio.com",
        settings: { account_sid: "AC00000000000000000000000000000001", from: "+15005550006" },
        secrets: { auth_token: `CARRIER_${tenant.toUpperCase()}_TWILIO` },
      },
    },
    routes: [{ channel: "sms", carriers: ["main"] }],
    notices: {
      "login.code": { class: "verification", channels: ["sms"], templates },
      "order.paid": { class: "transactional", channels: ["sms"], templates },
      "parcel.late": { class: "service", channels: ["sms"], templates },
      "sale.offer": { class: "marketing", channels: ["sms"], templates },
    },
  } satisfies Catalog;
}
