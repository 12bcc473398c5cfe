import { type Catalog, catalog } from "../../src/vocabulary/catalog.ts";

const money = { type: "number", min: 0, max: 999_999, decimals: 2 };
const points = { type: "integer", min: 0, max: 999_999 };
const order = { type: "string", max: 12, charset: "alphanumeric" };
const item = { type: "string", max: 12, over: "shorten" };
const SMS = { channels: ["sms"] };

/** Notices as a shop has them, one or more for each thing that words can do. Each says the fewest segments that publishing lets it say. */
const NOTICES = {
  "login.code": {
    ...SMS,
    class: "verification",
    data: { code: { type: "string", min: 4, max: 6, charset: "digits" }, minutes: { type: "integer", min: 1, max: 30 } },
    templates: {
      sms: {
        segments: 1,
        "zh-CN": "验证码{{ data.code }}，{{ data.minutes }}分钟内有效，请勿告诉他人。",
        en: "{{ data.code }} is your code for {{ data.minutes }} min.",
      },
    },
  },
  "order.shipped": {
    ...SMS,
    class: "transactional",
    data: { order, item, eta: "date" },
    templates: {
      sms: {
        segments: 1,
        "zh-CN": '您的{{ data.item }}（订单{{ data.order }}）已发出，预计{{ data.eta | local_date: "month_day" }}送达。',
        en: 'Order {{ data.order }} is on its way, due {{ data.eta | local_date: "month_day" }}.',
      },
    },
  },
  "order.paid": {
    ...SMS,
    class: "transactional",
    data: { order, amount: money, items: { type: "integer", min: 1, max: 99 }, note: { type: "string", max: 20, required: false } },
    templates: {
      sms: {
        segments: 2,
        "zh-CN":
          "订单{{ data.order }}已付{{ data.amount | money }}，共{{ data.items }}件。{% if data.note %}备注：{{ data.note }}{% endif %}",
        en: 'Order {{ data.order }}: {{ data.items | plural: one: "# item", other: "# items" }}, {{ data.amount | money }}.{% if data.note %} Note: {{ data.note }}{% else %} No note.{% endif %}',
      },
    },
  },
  "parcel.late": {
    ...SMS,
    class: "service",
    data: { order, reason: { type: "string", max: 16, over: "variant" }, new: { type: "date" } },
    templates: {
      sms: {
        segments: 1,
        "zh-CN": {
          text: '订单{{ data.order }}因{{ data.reason }}，改为{{ data.new | local_date: "month_day" }}送达。',
          short: '订单{{ data.order }}改为{{ data.new | local_date: "month_day" }}送达。',
        },
        en: {
          text: "Order {{ data.order }} late: {{ data.reason }}.",
          short: 'Order {{ data.order }} is late, now {{ data.new | local_date: "medium" }}.',
        },
      },
    },
  },
  "address.changed": {
    ...SMS,
    class: "transactional",
    data: {
      who: { type: "string", max: 24 },
      phone: { type: "string", max: 16, charset: "alphanumeric" },
      card: { type: "string", max: 32, charset: "gsm" },
    },
    templates: {
      sms: {
        segments: 2,
        "zh-CN": "{{ data.who | mask: 'name' }}，联系电话已改为{{ data.phone | mask: 'phone' }}，尾号{{ data.card | mask: 'number' }}。",
        en: "Phone is now {{ data.phone | mask: 'phone' }}, card {{ data.card | mask: 'number' }}. Not you, {{ data.who | mask: 'name' }}? Tell us.",
      },
    },
  },
  "item.viewed": {
    ...SMS,
    class: "service",
    digest: { key: "{{ data.item }}", window: "PT1H", max: 4 },
    data: { item, by: { type: "string", max: 8 } },
    templates: {
      sms: {
        segments: 2,
        "zh-CN":
          "{{ digest.count }}人看了您的商品：{% for one in digest.items %}{{ one.by }}看{{ one.item }}{% unless forloop.last %}、{% endunless %}{% endfor %}。",
        en: "{{ digest.count | plural: one: '# view', other: '# views' }}: {% for one in digest.items %}{{ one.by }} {{ one.item }}; {% endfor %}",
      },
    },
  },
  "cart.left": {
    ...SMS,
    class: "marketing",
    data: {
      lines: {
        type: "list",
        max: 3,
        of: { type: "object", fields: { title: { type: "string", max: 10, over: "shorten" }, price: money } },
      },
      until: "date",
    },
    templates: {
      sms: {
        segments: 3,
        "zh-CN":
          '购物车：{% for line in data.lines %}{{ line.title }} {{ line.price | money }}；{% endfor %}{{ data.until | local_datetime: "short" }}前有效。',
        "zh-Hant": '購物車：{% for line in data.lines %}{{ line.title }}；{% endfor %}{{ data.until | local_date: "weekday" }}前有效。',
        en: '{{ data.lines | size }} in your cart until {{ data.until | local_date: "full" }}: {{ data.lines | map: "title" | join: ", " }}.',
      },
    },
  },
  "sale.offer": {
    ...SMS,
    class: "marketing",
    data: {
      title: { type: "string", max: 20, charset: "gsm" },
      percent: { type: "integer", min: 1, max: 90 },
      kind: { type: "string", max: 8, charset: "alphanumeric" },
    },
    templates: {
      sms: {
        encoding: "smart",
        segments: 1,
        en: "{% case data.kind %}{% when 'gold' %}Gold{% when 'silver' %}Silver{% else %}All{% endcase %}: {{ data.title | strip }} – {{ data.percent }}% off",
      },
    },
  },
  "points.expiring": {
    ...SMS,
    class: "service",
    data: { points, worth: money, until: "date" },
    templates: {
      sms: {
        segments: 1,
        "zh-CN": '{{ data.points | number }}积分（值{{ data.worth | money: "CNY" }}）{{ data.until | local_date: "short" }}到期。',
        en: '{{ data.points | number }} points worth {{ data.worth | money: "EUR" }} expire {{ data.until | local_date: "short" }}.',
        de: '{{ data.points | number }} Punkte verfallen {{ data.until | local_date: "long" }}.',
      },
    },
  },
  "stock.low": {
    ...SMS,
    class: "transactional",
    data: { sku: { type: "string", max: 30, charset: "gsm" }, left: { type: "integer", min: 0, max: 9_999 } },
    templates: {
      sms: {
        segments: 1,
        en: "{{ data.sku }}: {{ data.left }} left{% if data.left == 0 %}, out of stock{% elsif data.left < 10 %}, nearly out{% endif %}.",
      },
    },
  },
  "item.sold": {
    ...SMS,
    class: "transactional",
    data: { item },
    templates: { sms: { segments: 1, "zh-CN": "售出：{{ data.item }}。", en: "Sold: {{ data.item }}!" } },
  },
  "review.wanted": {
    ...SMS,
    class: "service",
    data: {
      name: { type: "string", max: 40 },
      item: { type: "string", max: 60, over: "shorten" },
      order,
      amount: money,
      url: { type: "string", max: 40, charset: "alphanumeric" },
      lines: { type: "list", max: 5, of: { type: "string", max: 30 } },
    },
    templates: {
      sms: { segments: 1, en: "Order {{ data.order }}: how was it?", "zh-CN": "订单{{ data.order }}满意吗？" },
      email: {
        en: {
          subject: "{{ data.name }}, how was {{ data.item }}?",
          text: "Hello {{ data.name }},\n{% for line in data.lines %}- {{ line }}\n{% endfor %}",
          html: '<p title="{{ data.item }}">Hello <b>{{ data.name | upcase }}</b></p><ul>{% for line in data.lines %}<li class=\'{{ line }}\'>{{ line | append: " & <more>" }}</li>{% endfor %}</ul><a href="https://shop.example/{{ data.url | url_encode }}">{{ data.name | mask: "name" }}</a>{% capture all %}{{ data.name }}, {{ data.lines | join: "<br>" }}{% endcapture %}<p>{{ all }}</p>',
        },
      },
      rcs: {
        en: {
          text: "Hello {{ data.name }}, how was {{ data.item }}?",
          suggestions: [
            { reply: "{{ data.name }}: 5" },
            { open: "https://shop.example/{{ data.name | url_encode }}", label: "{{ data.item }}" },
          ],
          picture: { url: "https://shop.example/{{ data.url }}.png", alt: "{{ data.item }}" },
        },
      },
      push: {
        en: {
          title: "How was {{ data.item }}?",
          body: "{{ data.name }}, {{ data.amount | money }}",
          open: "shop://orders/{{ data.name }}",
        },
      },
      chat: { en: { text: "{{ data.name }} bought {{ data.item }}", markdown: "**{{ data.name }}** bought {{ data.item }}" } },
      inbox: { en: { text: "How was {{ data.item }}?", title: "{{ data.name }}", open: "/orders/{{ data.url }}" } },
    },
  },
};

export const FUZZ_CATALOG = catalog.parse({
  brand: { name: "鲸落商城", signatures: { en: "Whalefall: ", de: "Whalefall: " }, opt_out: { de: "Stop mit STOP" } },
  defaults: { locale: "zh-CN", time_zone: "Asia/Shanghai", country: "CN", currency: "CNY" },
  carriers: {
    main: {
      adapter: "twilio",
      base_url: "https://api.twilio.com",
      settings: { account_sid: "AC00000000000000000000000000000001", from: "+15005550006" },
      secrets: { auth_token: "CARRIER_SHOP_TWILIO" },
    },
  },
  routes: [{ channel: "sms", carriers: ["main"] }],
  notices: NOTICES,
});

/** Longest filling that is tried: it is more than any text here may have. */
const FILLING_MAX = 500;

/** Where no number of mainland China is reached, and publishing measures as the standard counts alone. */
export const ABROAD = ["HK", "GB", "DE"] as const;
export const CATALOG_ABROAD: Catalog = { ...FUZZ_CATALOG, routes: [{ channel: "sms", countries: [...ABROAD], carriers: ["main"] }] };

/**
 * The catalog with each SMS as long as publishing lets it be: one more character and it would be refused. So a worst case that is
 * reckoned too low lets a text through that somebody will get in one segment too many.
 */
export function filledCatalog(catalog: Catalog, mayBePublished: (catalog: Catalog) => boolean): Catalog {
  const filled = structuredClone(catalog);
  for (const [name, notice] of Object.entries(filled.notices)) {
    const alone = { ...filled, notices: { [name]: notice } };
    for (const { holder, key, text } of textsOf(notice.templates?.sms)) {
      const fits = (length: number): boolean => {
        Reflect.set(holder, key, text + "x".repeat(length));
        return mayBePublished(structuredClone(alone));
      };
      let [most, tooMany] = [0, FILLING_MAX];
      while (tooMany - most > 1) {
        const middle = Math.floor((most + tooMany) / 2);
        if (fits(middle)) most = middle;
        else tooMany = middle;
      }
      Reflect.set(holder, key, text + "x".repeat(most));
    }
  }
  return filled;
}

interface TextPlace {
  readonly holder: object;
  readonly key: string;
  readonly text: string;
}

function textsOf(holder: unknown): TextPlace[] {
  if (holder === null || typeof holder !== "object") return [];
  return Object.entries(holder).flatMap(([key, value]) => {
    if (key === "segments" || key === "encoding") return [];
    return typeof value === "string" ? [{ holder, key, text: value }] : textsOf(value);
  });
}
