import { describe, expect, it } from "vitest";
import { checkCatalog } from "../../src/accept/check-catalog.ts";
import { issuesOf } from "../../src/support/issues.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";
import { CLASS_DEFAULTS } from "../../src/vocabulary/class-defaults.ts";
import { smallCatalog } from "./small-catalog.ts";

/** Everything that publishing finds, for a catalog whose `order.paid` has these rules besides, and these classes. */
function issuesIn(over: object, classes: object = {}) {
  const small = smallCatalog();
  const notices = { ...small.notices, "order.paid": { ...small.notices["order.paid"], ...over } };
  const parsed = catalog.safeParse({ ...small, classes, notices });
  return parsed.success ? checkCatalog(parsed.data, "shop", { carrierHosts: [], hasSecret: () => true }) : issuesOf(parsed.error);
}

const pointers = (over: object, classes?: object) => issuesIn(over, classes).map(({ pointer }) => pointer);

const words = { sms: { en: "Hello" } };
const step = (over: object = {}) => ({ step: "a", from: "time", offset: "P1D", ...over });
const series = (...steps: object[]) => ({ series: steps, templates: { a: words } });
const hours = (...windows: string[]) => windows.map((window) => ({ from: window.slice(0, 5), to: window.slice(6) }));
const cap = (over: object = {}) => ({ max: 1, per: "P1D", over: "defer", ...over });

describe("Rules that admission keeps", () => {
  it.each([
    ["a condition", { when: "data.amount >= 100 and recipient.tags contains 'vip'" }],
    ["a condition that refuses", { when: "not data.gift and data.items contains 'a b'" }],
    ["a condition over a filtered value", { when: "data.items | where: 'gift'" }],
    ["a dedupe", { dedupe: { key: "{{ data.id }}", window: "PT10M" } }],
    ["a digest", { digest: { key: "{{ data.id }}", window: "PT10M", max: 3 } }],
    ["a cancel", { cancel: { on: ["order.canceled"], key: "{{ data.id }}" } }],
    ["quiet hours that leave one minute free", { quiet_hours: hours("00:00-12:00", "12:01-00:00") }],
    ["quiet hours on both sides of midnight", { quiet_hours: hours("22:00-08:00", "12:00-13:00") }],
    ["no quiet hours and no caps at all", { quiet_hours: [], caps: [] }],
    ["caps", { caps: [cap(), cap({ max: 3, per: "P7D", over: "suppress" })] }],
    ["a series by exact time", series(step({ offset: "-PT1H" }))],
    ["a series by local time", series(step({ from: "data.due", offset: "-P3D", time: "09:00" }))],
    ["a step with another's template", { ...series(step({ step: "b", template: "a" }), step()) }],
    ["a series with a cancel", { ...series(step()), cancel: { on: ["order.paid"], key: "{{ data.id }}" } }],
  ])("may be %s", (_, over) => {
    expect(issuesIn(over)).toEqual([]);
  });
});

describe("Rules that admission could not keep", () => {
  it.each<[string, object, string[]]>([
    ["a condition that is none", { when: "data.amount >= 'x" }, ["/when"]],
    ["half a condition", { when: "data.amount >=" }, ["/when"]],
    ["two conditions that nothing joins", { when: "data.amount data.count" }, ["/when"]],
    ["an operator that there is not", { when: "data.amount = 5" }, ["/when"]],
    ["a filter that there is not", { when: "data.amount | nope" }, ["/when"]],
    ["a condition that is empty", { when: "" }, ["/when"]],
    ["a dedupe key that is not closed", { dedupe: { key: "{{ data.id", window: "PT1M" } }, ["/dedupe/key"]],
    ["a dedupe window of nothing", { dedupe: { key: "x", window: "PT0S" } }, ["/dedupe/window"]],
    ["a digest key with a filter that there is not", { digest: { key: "{{ data.id | nope }}", window: "PT1M" } }, ["/digest/key"]],
    ["a digest window of nothing", { digest: { key: "x", window: "P0D" } }, ["/digest/window"]],
    ["a digest of none", { digest: { key: "x", window: "PT1M", max: 0 } }, ["/digest/max"]],
    ["a cancel key that is not closed", { cancel: { on: ["x"], key: "{% if %}" } }, ["/cancel/key"]],
    ["a cancel on nothing", { cancel: { on: [], key: "x" } }, ["/cancel/on"]],
    ["a digest of a series", { ...series(step()), digest: { key: "x", window: "PT1M" } }, ["/digest"]],
    ["a window that begins as it ends", { quiet_hours: hours("08:00-09:00", "22:00-22:00") }, ["/quiet_hours/1"]],
    ["a window to a time that there is not", { quiet_hours: hours("22:00-24:00") }, ["/quiet_hours/0/to"]],
    ["windows that leave no minute", { quiet_hours: hours("08:00-22:00", "22:00-08:00") }, ["/quiet_hours"]],
    ["windows that overlap and leave no minute", { quiet_hours: hours("00:00-13:00", "12:00-00:00") }, ["/quiet_hours"]],
    ["a cap of none", { caps: [cap({ max: 0 })] }, ["/caps/0/max"]],
    ["a cap over no time", { caps: [cap(), cap({ per: "PT0S" })] }, ["/caps/1/per"]],
    ["a cap that does neither", { caps: [cap({ over: "drop" })] }, ["/caps/0/over"]],
    ["no steps", { series: [], templates: {} }, ["/series"]],
    ["a step twice", series(step(), step()), ["/series/1/step"]],
    ["a step from an attribute", series(step({ from: "subject" })), ["/series/0/from"]],
    ["hours of a step with a time", series(step({ offset: "P1DT1H", time: "09:00" })), ["/series/0/offset"]],
    ["weeks of a step with a time", series(step({ offset: "P1W", time: "09:00" })), ["/series/0/offset"]],
    ["a step without words", series(step(), step({ step: "b" })), ["/templates/b"]],
    ["a step whose template there is not", series(step({ template: "z" })), ["/templates/z"]],
    ["a step named like what every object has", series(step({ step: "constructor" })), ["/templates/constructor"]],
    ["a step's words without a channel", { series: [step()], templates: { a: {} } }, ["/templates/a/sms"]],
  ])("are refused for %s, where it stands", (_, over, places) => {
    expect(pointers(over)).toEqual(places.map((place) => `/notices/order.paid${place}`));
  });

  it("are refused in a class where they stand there", () => {
    expect(
      pointers(
        {},
        {
          service: { quiet_hours: hours("09:00-09:00"), caps: [cap({ per: "PT0S" })] },
          marketing: { quiet_hours: hours("00:00-12:00", "12:00-00:00") },
        },
      ),
    ).toEqual(["/classes/service/quiet_hours/0", "/classes/service/caps/0/per", "/classes/marketing/quiet_hours"]);
  });

  it("are said all at once, each with a reason", () => {
    const issues = issuesIn({ dedupe: { key: "{{", window: "PT0S" }, quiet_hours: hours("09:00-09:00"), when: "'" });
    expect(issues).toEqual([
      { pointer: "/notices/order.paid/quiet_hours/0", detail: "begins and ends at the same time" },
      { pointer: "/notices/order.paid/dedupe/key", detail: expect.stringContaining("is not Liquid: ") },
      { pointer: "/notices/order.paid/dedupe/window", detail: "must be longer than nothing" },
      { pointer: "/notices/order.paid/when", detail: expect.stringContaining("is not a Liquid condition: ") },
    ]);
  });
});

describe("What follows where no receipt comes", () => {
  const routes = [
    { channel: "sms", carriers: ["main"] },
    { channel: "rcs", carriers: ["main"] },
  ];
  /** What is wrong with the waits of a notice by RCS, then SMS, and of the classes; that no adapter here carries RCS is left out. */
  function found(over: object, classes: object = {}) {
    const small = smallCatalog();
    const fallen = { ...small.notices["order.paid"], channels: ["rcs", "sms"], templates: { rcs: { en: "Hello" }, ...words }, ...over };
    const parsed = catalog.safeParse({ ...small, classes, routes, notices: { n: fallen } });
    const issues = parsed.success ? checkCatalog(parsed.data, "shop", { carrierHosts: [], hasSecret: () => true }) : issuesOf(parsed.error);
    return issues.filter(({ pointer }) => /_after$/.test(pointer)).map(({ pointer, detail }) => `${pointer} ${detail}`);
  }

  it("may be another channel, after less than the message lives", () => {
    expect(found({ fallback_after: "PT60S" })).toEqual([]);
    expect(found({ fallback_after: "PT60S", ttl: "PT61S" })).toEqual([]);
  });

  it("is no other channel where there is none, where no time is left, or after no time", () => {
    expect(found({ fallback_after: "PT60S", channels: ["sms"] })).toEqual([
      expect.stringMatching(/^\/notices\/n\/fallback_after needs a second/),
    ]);
    expect(found({ fallback_after: "PT60S", ttl: "PT1M" })).toEqual([expect.stringContaining("shorter than the ttl, which is PT1M")]);
    expect(found({ fallback_after: "PT0S" })).toEqual(["/notices/n/fallback_after must be longer than nothing"]);
  });

  it("is measured by the class's life where the notice has none, and by the default where that has none", () => {
    expect(found({ fallback_after: CLASS_DEFAULTS.transactional.ttl })).toEqual([expect.stringContaining("which is P1D")]);
    expect(found({ fallback_after: "PT1H" }, { transactional: { ttl: "PT30M" } })).toEqual([expect.stringContaining("which is PT30M")]);
    expect(found({ fallback_after: "P2D" }, { transactional: { ttl: "P3D" } })).toEqual([]);
  });

  it("may be another carrier for codes alone", () => {
    expect(found({ class: "verification", resend_after: "PT10S" }, { verification: { resend_after: "PT30S" } })).toEqual([]);
    expect(found({ resend_after: "PT10S" })).toEqual([expect.stringMatching(/^\/notices\/n\/resend_after is for the class verification/)]);
    expect(found({}, { marketing: { resend_after: "PT10S" } })).toEqual([expect.stringMatching(/^\/classes\/marketing\/resend_after /)]);
    expect(found({ class: "verification", resend_after: "PT0S" }, { verification: { resend_after: "PT0S" } })).toEqual([
      "/classes/verification/resend_after must be longer than nothing",
      "/notices/n/resend_after must be longer than nothing",
    ]);
  });
});
