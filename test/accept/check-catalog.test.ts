import { describe, expect, it } from "vitest";
import { checkCatalog } from "../../src/accept/check-catalog.ts";
import { issuesOf } from "../../src/support/issues.ts";
import { ALERT_TYPES } from "../../src/vocabulary/alerts.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";
import { smallCatalog } from "./small-catalog.ts";

const deps = { carrierHosts: ["http://127.0.0.1:8788", "proxy.example.com"], hasSecret: (name: string) => name !== "CARRIER_SHOP_UNSET" };

/** Everything that publishing finds: what the shape says, else what the meaning says. */
function issuesIn(body: unknown, tenant = "shop") {
  const parsed = catalog.safeParse(body);
  return parsed.success ? checkCatalog(parsed.data, tenant, deps) : issuesOf(parsed.error);
}

const TO = "must be a path such as data.buyer_id, recipient:<id> or topic:<name>";

/** The small catalog with a value at a place; undefined takes away what stands there. */
function changed(place: string, value: unknown): unknown {
  const body: unknown = JSON.parse(JSON.stringify(smallCatalog()));
  const steps = place.split("/").slice(1);
  const last = steps.pop() ?? "";
  const parent = steps.reduce<unknown>(
    (inner, step) => (inner !== null && typeof inner === "object" ? Reflect.get(inner, step) : undefined),
    body,
  );
  if (parent === null || typeof parent !== "object") throw new Error(`nothing stands at ${place}`);
  Reflect.set(parent, last, value);
  return JSON.parse(JSON.stringify(body));
}

/** Pointers of all that is wrong with it then. */
function broken(place: string, value: unknown): string[] {
  return issuesIn(changed(place, value))
    .map(({ pointer }) => pointer)
    .sort();
}

const notice = (over: object) => ({ class: "service", channels: ["sms"], templates: { sms: { en: "Hello" } }, ...over });

describe("A catalog that is published", () => {
  it("may be the small one", () => {
    expect(issuesIn(smallCatalog())).toEqual([]);
  });

  it.each([
    ["/carriers/main/price", { CN: 0.045 }, "/carriers/main/price/CN", "must be an amount and a currency such as 0.045 CNY"],
    ["/carriers/main/price", { CN: "0.045" }, "/carriers/main/price/CN", "must be an amount and a currency such as 0.045 CNY"],
    ["/carriers/main/balance_low", 100, "/carriers/main/balance_low", "must be an amount and its unit such as 100 USD or 500 messages"],
    ["/notices/order.paid/to", 5, "/notices/order.paid/to", TO],
    ["/notices/order.paid/to", "data buyer", "/notices/order.paid/to", TO],
    ["/notices/order.paid/to", "recipient:", "/notices/order.paid/to", TO],
    ["/routes/0/carriers", "main", "/routes/0/carriers", "must be a list of carriers in order, or weights by carrier"],
    ["/routes/0/carriers", [], "/routes/0/carriers", "must be a list of carriers in order, or weights by carrier"],
    ["/routes/0/carriers", 1, "/routes/0/carriers", "must be a list of carriers in order, or weights by carrier"],
  ])("is told the form of %s where %j stands there", (place, value, pointer, detail) => {
    expect(issuesIn(changed(place, value))).toEqual([{ pointer, detail }]);
  });

  it.each([
    ["an unknown key", "/colours", 1, ["/colours"]],
    ["no notices", "/notices", undefined, ["/notices"]],
    ["a class that there is not", "/classes", { urgent: {} }, ["/classes/urgent"]],
    ["a setting that a class has not", "/classes", { service: { colour: 1 } }, ["/classes/service/colour"]],
    ["a consent rule that there is not", "/classes", { service: { consent: "maybe" } }, ["/classes/service/consent"]],
    ["a life of a class that is no duration", "/classes", { service: { ttl: "1 day" } }, ["/classes/service/ttl"]],
    ["a life of a class that is nothing", "/classes", { service: { ttl: "PT0S" } }, ["/classes/service/ttl"]],
    ["a country in small letters", "/defaults/country", "cn", ["/defaults/country"]],
    ["a locale that is none", "/defaults/locale", "chinese!", ["/defaults/locale"]],
    ["a time zone that there is not", "/defaults/time_zone", "Asia/Peking", ["/defaults/time_zone"]],
    ["a carrier's name in capitals", "/carriers", { MAIN: smallCatalog().carriers.main }, ["/carriers/MAIN", "/routes/0/carriers/0"]],
    ["an adapter that there is not", "/carriers/main/adapter", "carrierpigeon", ["/carriers/main/adapter"]],
    ["an adapter named like what every object has", "/carriers/main/adapter", "constructor", ["/carriers/main/adapter"]],
    ["an address that is none", "/carriers/main/base_url", "api.twilio.com", ["/carriers/main/base_url"]],
    ["an address of another protocol", "/carriers/main/base_url", "ftp://api.twilio.com", ["/carriers/main/base_url"]],
    ["plain http to the vendor", "/carriers/main/base_url", "http://api.twilio.com", ["/carriers/main/base_url"]],
    ["a host of someone else", "/carriers/main/base_url", "https://example.com", ["/carriers/main/base_url"]],
    ["a host that ends like the vendor's", "/carriers/main/base_url", "https://eviltwilio.com", ["/carriers/main/base_url"]],
    ["the vendor's host as a user's name", "/carriers/main/base_url", "https://api.twilio.com@example.com", ["/carriers/main/base_url"]],
    ["the vendor's host with a port", "/carriers/main/base_url", "https://api.twilio.com:8443", ["/carriers/main/base_url"]],
    ["an address with a query", "/carriers/main/base_url", "https://api.twilio.com?x=1", ["/carriers/main/base_url"]],
    ["an allowed host by plain http", "/carriers/main/base_url", "http://proxy.example.com", ["/carriers/main/base_url"]],
    ["an allowed origin with another port", "/carriers/main/base_url", "http://127.0.0.1:9", ["/carriers/main/base_url"]],
    ["a carrier's setting that is wrong", "/carriers/main/settings/account_sid", "AC1", ["/carriers/main/settings/account_sid"]],
    ["a carrier's setting that is missing", "/carriers/main/settings/account_sid", undefined, ["/carriers/main/settings/account_sid"]],
    ["a secret of another tenant", "/carriers/main/secrets/auth_token", "CARRIER_OTHER_TWILIO", ["/carriers/main/secrets/auth_token"]],
    [
      "a secret of a tenant whose name is longer",
      "/carriers/main/secrets/auth_token",
      "CARRIER_SHOPS_TWILIO",
      ["/carriers/main/secrets/auth_token"],
    ],
    ["a secret that is the deployment's own", "/carriers/main/secrets/auth_token", "ROOT_KEY", ["/carriers/main/secrets/auth_token"]],
    ["a secret that is not set", "/carriers/main/secrets/auth_token", "CARRIER_SHOP_UNSET", ["/carriers/main/secrets/auth_token"]],
    ["a secret that is missing", "/carriers/main/secrets", {}, ["/carriers/main/secrets/auth_token"]],
    ["a route to a carrier that there is not", "/routes/0/carriers", ["mian"], ["/routes/0/carriers/0"]],
    ["a route to what every object has", "/routes/0/carriers", ["constructor"], ["/routes/0/carriers/0"]],
    ["a route that names a carrier twice", "/routes/0/carriers", ["main", "main"], ["/routes/0/carriers/1"]],
    ["a route without carriers", "/routes/0/carriers", [], ["/routes/0/carriers"]],
    ["a route whose channel its carrier has not", "/routes/1", { channel: "email", carriers: ["main"] }, ["/routes/1/carriers/0"]],
    ["a country of a route that there is not", "/routes/0/countries", ["UK", "GB"], ["/routes/0/countries/0"]],
    ["a price for a country that there is not", "/carriers/main/price", { UK: "0.04 GBP", "*": "0.05 GBP" }, ["/carriers/main/price/UK"]],
    ["a country of a route in words", "/routes/0/countries", ["China"], ["/routes/0/countries/0"]],
    ["no class", "/notices/order.paid/class", undefined, ["/notices/order.paid/class"]],
    ["a notice's class that there is not", "/notices/order.paid/class", "urgent", ["/notices/order.paid/class"]],
    ["no channels", "/notices/order.paid/channels", [], ["/notices/order.paid/channels"]],
    ["a channel that there is not", "/notices/order.paid/channels", ["fax"], ["/notices/order.paid/channels/0"]],
    ["a channel twice", "/notices/order.paid/channels", ["sms", "sms"], ["/notices/order.paid/channels/1"]],
    [
      "a channel without route and words",
      "/notices/order.paid/channels",
      ["sms", "email"],
      ["/notices/order.paid/channels/1", "/notices/order.paid/templates/email"],
    ],
    ["no words", "/notices/order.paid/templates", undefined, ["/notices/order.paid/templates/sms"]],
    ["no words in any locale", "/notices/order.paid/templates/sms", {}, ["/notices/order.paid/templates/sms"]],
    ["an empty text", "/notices/order.paid/templates/sms/en", "", ["/notices/order.paid/templates/sms/en"]],
    ["a text that is none", "/notices/order.paid/templates/sms/en", 5, ["/notices/order.paid/templates/sms/en"]],
    ["a locale that is no language tag", "/notices/order.paid/templates/sms/zh_CN", "x", ["/notices/order.paid/templates/sms/zh_CN"]],
    ["words for a channel that there is not", "/notices/order.paid/templates/fax", { en: "x" }, ["/notices/order.paid/templates/fax"]],
    ["a template that is not closed", "/notices/order.paid/templates/sms/en", "{{ data.x", ["/notices/order.paid/templates/sms/en"]],
    ["a filter that there is not", "/notices/order.paid/templates/sms/en", "{{ data.x | nope }}", ["/notices/order.paid/templates/sms/en"]],
    ["a template that reads another", "/notices/order.paid/templates/sms/en", "{% render 'x' %}", ["/notices/order.paid/templates/sms/en"]],
    ["a template that is too long", "/notices/order.paid/templates/sms/en", "x".repeat(20_001), ["/notices/order.paid/templates/sms/en"]],
    ["a life that is nothing", "/notices/order.paid/ttl", "PT0S", ["/notices/order.paid/ttl"]],
    ["a life that is before", "/notices/order.paid/ttl", "-P1D", ["/notices/order.paid/ttl"]],
    ["a path with spaces", "/notices/order.paid/to", "data.buyer id", ["/notices/order.paid/to"]],
    ["a list of types that is empty", "/notices/order.paid/on", [], ["/notices/order.paid/on"]],
    ["a type of ours", "/notices/order.paid/on", ["order.paid", "carillon.preference"], ["/notices/order.paid/on/1"]],
    ["a cancel on a type of ours", "/notices/order.paid/cancel", { on: ["carillon.x"], key: "x" }, ["/notices/order.paid/cancel/on/0"]],
    ["an alert that names nobody", "/notices/order.paid/on", ["carillon.alert.balance.low"], ["/notices/order.paid/to"]],
    ["a recipient without an id", "/notices/order.paid/to", "recipient:", ["/notices/order.paid/to"]],
    ["a topic whose name begins with a dash", "/notices/order.paid/to", "topic:-x", ["/notices/order.paid/to"]],
    ["a topic whose name is too long", "/notices/order.paid/to", `topic:${"x".repeat(129)}`, ["/notices/order.paid/to"]],
    ["a recipient whose id is too long", "/notices/order.paid/to", `recipient:${"x".repeat(256)}`, ["/notices/order.paid/to"]],
    ["a pace of nothing", "/carriers/main/per_second", 0, ["/carriers/main/per_second"]],
    ["a price without a currency", "/carriers/main/price", { CN: "0.045" }, ["/carriers/main/price/CN"]],
    ["a price for a country in words", "/carriers/main/price", { China: "0.045 CNY" }, ["/carriers/main/price/China"]],
    ["a balance without a unit", "/carriers/main/balance_low", "100", ["/carriers/main/balance_low"]],
    ["a notice of ours", "/notices/carillon.alert", notice({}), ["/notices/carillon.alert"]],
    ["a notice named like a class", "/notices/service", notice({}), ["/notices/service"]],
    ["a notice named all", "/notices/all", notice({}), ["/notices/all"]],
    ["a notice that begins with a dot", "/notices/.x", notice({}), ["/notices/.x"]],
    ["a key of a notice that there is not", "/notices/order.paid/chanels", ["sms"], ["/notices/order.paid/chanels"]],
  ])("is refused for %s", (_, place, value, pointers) => {
    expect(broken(place, value)).toEqual(pointers);
  });

  it("is refused for a name with a slash or a tilde at a pointer that escapes it", () => {
    expect(broken("/notices/a~b", notice({ ttl: "PT0S" }))).toEqual(["/notices/a~0b", "/notices/a~0b/ttl"]);
    const body = smallCatalog();
    const slashed = { ...body, notices: { "a/b": notice({ ttl: "PT0S" }) } };
    expect(issuesIn(slashed).map(({ pointer }) => pointer)).toEqual(["/notices/a~1b/ttl"]);
  });

  it("needs a route that takes the notice's class", () => {
    expect(broken("/routes/0/classes", ["marketing"])).toEqual([
      "/notices/login.code/channels/0",
      "/notices/order.paid/channels/0",
      "/notices/parcel.late/channels/0",
    ]);
  });

  it("may name carriers by weights, their prices and paces, and one recipient of a notice", () => {
    expect(broken("/carriers/main/price", { CN: "0.045 CNY", "*": "1 CNY" })).toEqual([]);
    expect(broken("/carriers/main/per_second", 0.5)).toEqual([]);
    expect(broken("/routes/0/carriers", { main: 0.1 })).toEqual([]);
    expect(broken("/notices/order.paid/to", "recipient:订单:部")).toEqual([]);
    expect(broken("/notices/order.paid/to", "topic:买家/华东")).toEqual([]);
  });

  it("says all that is wrong at once", () => {
    const body = {
      ...smallCatalog(),
      routes: [{ channel: "sms", carriers: ["mian"] }],
      notices: { all: notice({ ttl: "PT0S", on: ["carillon.x"] }) },
    };
    expect(issuesIn(body)).toEqual([
      { pointer: "/routes/0/carriers/0", detail: "is not a carrier of this catalog; the closest one is main" },
      { pointer: "/notices/all/ttl", detail: "must be longer than nothing" },
      { pointer: "/notices/all", detail: expect.stringContaining("may not be named") },
      { pointer: "/notices/all/on/0", detail: expect.stringContaining("reserved") },
    ]);
  });

  it("may name an allowed origin, an allowed host over https and every host of the vendor", () => {
    for (const url of [
      "http://127.0.0.1:8788",
      "https://proxy.example.com/twilio",
      "https://api.twilio.com/",
      "https://api.dublin.ie1.twilio.com",
    ])
      expect(broken("/carriers/main/base_url", url)).toEqual([]);
  });
});

describe("Notices about Carillon itself", () => {
  const alerts = (over: object) => notice({ on: ALERT_TYPES, to: "recipient:ops", ...over });

  it("may be on every alert, for a recipient that they name, and be canceled by one", () => {
    expect(broken("/notices/ops.alert", alerts({}))).toEqual([]);
    expect(broken("/notices/ops.alert", alerts({ cancel: { on: ["carillon.alert.breaker.closed"], key: "{{ data.carrier }}" } }))).toEqual(
      [],
    );
  });

  it("are told which alert they may have meant", () => {
    const issues = issuesIn({ ...smallCatalog(), notices: { "ops.alert": alerts({ on: ["carillon.alert.breaker.open"] }) } });
    expect(issues).toEqual([
      {
        pointer: "/notices/ops.alert/on/0",
        detail: expect.stringMatching(/reserved.*the closest one is carillon\.alert\.breaker\.opened$/),
      },
    ]);
  });

  it("must say whom: an alert has neither recipients nor anybody in its data", () => {
    expect(broken("/notices/ops.alert", alerts({ to: undefined }))).toEqual(["/notices/ops.alert/to"]);
    expect(broken("/notices/ops.alert", alerts({ to: "data.carrier" }))).toEqual(["/notices/ops.alert/to"]);
    expect(broken("/notices/ops.alert", alerts({ to: "topic:on-call" }))).toEqual([]);
  });
});

describe("What is not built yet", () => {
  it.each([["/notices/order.paid/replies", { confirm: ["Y"] }, ["/notices/order.paid/replies"]]])(
    "is refused at %s, never ignored",
    (place, value, pointers) => {
      expect(broken(place, value)).toEqual(pointers);
    },
  );
});

describe("Texts that take too much work to be measured", () => {
  const loops = "{% for i in (1..100) %}{% for j in (1..100) %}{{ data.name }}{% endfor %}{% endfor %}";
  const data = { name: "string" };

  it("are told once, at the text where measuring ended", () => {
    const words = { templates: { sms: { en: loops } }, data };
    const notices = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`n${at}`, notice(words)]));
    expect(issuesIn({ ...smallCatalog(), notices })).toEqual([
      {
        pointer: "/notices/n4/templates/sms/en",
        detail: "is where measuring ended: the texts up to here take more work than a catalog may; use fewer or smaller loops",
      },
    ]);
  });
});
