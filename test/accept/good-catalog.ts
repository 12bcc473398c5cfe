/** A catalog of which nothing is to be said: declared, bounded, priced and polite. Each call gives a new one, to be changed at will. */
export function goodCatalog() {
  const words = (zh: string, en: string) => ({ sms: { segments: 1, "zh-CN": zh, en } });
  return {
    brand: { name: "鲸落商城" },
    defaults: { locale: "zh-CN", time_zone: "Asia/Shanghai", country: "CN" },
    carriers: {
      main: {
        adapter: "twilio",
        base_url: "https://api.twilio.com",
        settings: { account_sid: "AC00000000000000000000000000000001", from: "+15005550006" },
        secrets: { auth_token: "CARRIER_SHOP_TWILIO" },
        price: { CN: "0.30 CNY", "*": "0.50 CNY" },
      },
    },
    routes: [{ channel: "sms", carriers: ["main"] }],
    notices: {
      "login.code": {
        class: "verification",
        channels: ["sms"],
        data: {
          code: { type: "string", max: 6, charset: "digits", example: "402817" },
          minutes: { type: "integer", min: 1, max: 10, example: 5 },
        },
        templates: words(
          "登录验证码{{ data.code }}，{{ data.minutes }}分钟内有效，请勿告诉任何人。",
          "Login code {{ data.code }}, good for {{ data.minutes }} min. Never share it.",
        ),
      },
      "order.paid": {
        class: "transactional",
        channels: ["sms"],
        data: { order_id: { type: "string", max: 12, charset: "alphanumeric", example: "D10001" } },
        templates: words("订单{{ data.order_id }}已支付，48小时内发货。", "Order {{ data.order_id }} is paid and ships within 48 h."),
      },
      "item.back": {
        class: "service",
        channels: ["sms"],
        data: { item: { type: "string", max: 12, example: "白茶香皂" } },
        templates: words("您关注的{{ data.item }}到货了。", "{{ data.item }}, which you follow, is back."),
      },
      "sale.begins": {
        class: "marketing",
        channels: ["sms"],
        data: { offer: { type: "string", max: 12, example: "全场八折" } },
        templates: words("会员日优惠：{{ data.offer }}，领券即用。", "Member sale: {{ data.offer }}, coupons too"),
      },
    },
  };
}

/** The same with values at other places, each named by a JSON pointer; undefined takes away what stands there. */
export function goodCatalogWith(changes: Readonly<Record<string, unknown>>): unknown {
  const catalog: unknown = goodCatalog();
  for (const [pointer, value] of Object.entries(changes)) {
    const steps = pointer
      .split("/")
      .slice(1)
      .map((step) => step.replaceAll("~1", "/"));
    const last = steps.pop() ?? "";
    const parent = steps.reduce<unknown>(
      (inner, step) => (inner !== null && typeof inner === "object" ? Reflect.get(inner, step) : undefined),
      catalog,
    );
    if (parent === null || typeof parent !== "object") throw new Error(`nothing stands at ${pointer}`);
    if (value === undefined) Reflect.deleteProperty(parent, last);
    else Reflect.set(parent, last, value);
  }
  return catalog;
}
