import { describe, expect, it } from "vitest";
import { adviseCatalog } from "../../src/accept/advise-catalog.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";
import { goodCatalogWith } from "./good-catalog.ts";

/** What is advised of a text in a notice of the good catalog, without pointers. */
function advised(name: string, text: string, changes: Readonly<Record<string, unknown>> = {}): string[] {
  const pointer = `/notices/${name}/templates/sms/en`;
  const all = adviseCatalog(catalog.parse(goodCatalogWith({ [pointer]: text, ...changes })));
  expect(all.filter((one) => one.pointer !== pointer)).toEqual([]);
  return all.map(({ detail }) => detail);
}

const EMAIL = "/notices/order.paid/templates/email";
const mail = (html: string) => ({ "zh-CN": { subject: "已支付", text: "已支付" }, en: { subject: "Paid", text: "Paid", html } });

const sells = (word: string, noticeClass: string) =>
  `says “${word}”, which sells, in a ${noticeClass} notice; leave it out, or make it a marketing notice of its own`;

describe("Words that sell", () => {
  it.each([
    ["订单已支付，领券再减10元", "领券"],
    ["您的包裹已发出，限时特惠", "限时"],
    ["已發貨，滿減優惠中", "滿減"],
    ["全场八折", "八折"],
    ["Shipped. Summer sale is on", "sale"],
    ["Paid. 20% off your next order", "20% off"],
    ["Paid. Free shipping next time", "Free shipping"],
    ["Paid. Get a coupon", "coupon"],
  ])("are found in %s", (text, word) => {
    expect(advised("order.paid", text)).toEqual([sells(word, "transactional")]);
  });

  it("are found in service and verification too, and where one stands in front of a variable", () => {
    expect(advised("item.back", "{{ data.item }}折扣{{ data.item }}")).toEqual([sells("折扣", "service")]);
    expect(advised("login.code", "{{ data.code }} deals inside")).toEqual([sells("deals", "verification")]);
  });

  it.each([
    ["in a variable's name", "order.paid", "Order {{ data.sale_id }} {% if data.discount %}paid{% endif %}"],
    ["within a longer word", "order.paid", "Wholesale order dealt with, 100% offline, 三折叠屏"],
    ["in a notice that sells", "sale.begins", "Sale! 20% off, 优惠"],
  ])("are no matter %s", (_, name, text) => {
    expect(advised(name, text)).toEqual([]);
  });
});

describe("Shouting", () => {
  it("is more than one word of four capitals", () => {
    expect(advised("order.paid", "YOUR order is PAID, id ABC")).toEqual(["shouts in capitals (YOUR, PAID); write them small"]);
    expect(advised("order.paid", "Order PAID via UPS, {{ data.ORDER }} {{ data.PAID }}")).toEqual([]);
  });

  it("is not found in the tags of HTML, and is in what stands between them", () => {
    const channels = { "/notices/order.paid/channels": ["sms", "email"] };
    const html = (body: string) => ({ ...channels, [EMAIL]: mail(`<!DOCTYPE html><!-- TEMPLATE --><p class="DEAL">${body}</p>`) });
    expect(advised("order.paid", "Paid: {{ data.order_id }}", html("Paid"))).toEqual([]);
    const shouted = goodCatalogWith(html("ALREADY PAID"));
    expect(adviseCatalog(catalog.parse(shouted))).toEqual([
      { pointer: `${EMAIL}/en/html`, detail: "shouts in capitals (ALREADY, PAID); write them small" },
    ]);
  });

  it("is two marks of exclamation together or three in all, of either width", () => {
    const detail = ["shouts with marks of exclamation; keep one at most"];
    expect(advised("order.paid", "已支付！！")).toEqual(detail);
    expect(advised("order.paid", "已支付！谢谢!再见！")).toEqual(detail);
    expect(advised("order.paid", "已支付！谢谢!")).toEqual([]);
  });
});

describe("A link beside a code", () => {
  it.each([
    ["https://s.example.com/x {{ data.code }}", "https://"],
    ["{{ data.code }} at whalefall.com/login", "whalefall.com"],
    ["{{ data.code }} {{ data.login_url }}", "data.login_url"],
  ])("is found in %s", (text, link) => {
    const detail = `has a link (${link}) beside a code, as those who steal codes have; leave it out and say where to enter the code`;
    expect(advised("login.code", text)).toEqual([detail]);
  });

  it("is no matter elsewhere, and a full stop makes none", () => {
    expect(advised("order.paid", "See https://s.example.com")).toEqual([]);
    expect(advised("login.code", "Code {{ data.code }}.Never share it. Open the app")).toEqual([]);
  });
});

describe("Courtesies", () => {
  it("are told where there is more than one", () => {
    expect(advised("order.paid", "尊敬的客户您好，已支付")).toEqual([
      "greets 2 times (尊敬的, 您好); once is enough, and the brand stands in front",
    ]);
    expect(advised("order.paid", "Dear customer, hello: paid. Hello again")).toEqual([
      "greets 2 times (Dear, Hello); once is enough, and the brand stands in front",
    ]);
    expect(advised("order.paid", "您好，已支付")).toEqual([]);
  });
});

describe("What a text promises", () => {
  const late = (amount: string, unit: string, ttl = "PT5M", mend = "shorten the ttl") =>
    `promises ${amount} ${unit}, and the notice may still be sent after that, its ttl being ${ttl}; ${mend}`;
  const own = { "/notices/login.code/ttl": "PT10M" };

  it.each([
    ["{{ data.code }}，3分钟内有效", "3", "分钟"],
    ["{{ data.code }}，有效期 90 秒", "90", "秒"],
    ["{{ data.code }}，2分鐘後失效", "2", "分鐘"],
    ["{{ data.code }} is good for 4 min.", "4", "min"],
    ["{{ data.code }} is valid for 200 seconds", "200", "seconds"],
    ["{{ data.code }} expires in 3 minutes", "3", "minutes"],
  ])("is less than its class's ttl: %s", (text, amount, unit) => {
    expect(advised("login.code", text)).toEqual([late(amount, unit, "PT5M", "give login.code a ttl of that length")]);
  });

  it("is told by the example of a variable", () => {
    const zh = { "/notices/login.code/templates/sms/zh-CN": "验证码{{ data.code }}" };
    expect(advised("login.code", "{{ data.code }} good for {{ data.minutes }} min", { ...zh, ...own })).toEqual([
      late("5", "min", "PT10M"),
    ]);
    expect(advised("login.code", "{{ data.code }} good for {{ data.minutes | round }} min", { ...zh, ...own })).toEqual([
      late("5", "min", "PT10M"),
    ]);
    expect(advised("login.code", "{{ data.code }} good for {{ data.minutes }} min")).toEqual([]);
    expect(advised("login.code", "{{ data.code }} good for {{ data.hours }} min")).toEqual([]);
  });

  it("holds for other classes too, and says nothing of what is done within a time", () => {
    expect(advised("order.paid", "取件码{{ data.order_id }}，12小时内有效")).toEqual([
      late("12", "小时", "P1D", "give order.paid a ttl of that length"),
    ]);
    expect(advised("order.paid", "{{ data.order_id }} ships within 2 hours")).toEqual([]);
    expect(advised("order.paid", "取件码{{ data.order_id }}，24小时内有效")).toEqual([]);
  });
});
