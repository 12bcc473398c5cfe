import { describe, expect, it } from "vitest";
import { rulebookOf } from "../../src/accept/rulebook.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";

/** What the rules of one notice say of its waiting for receipts. */
function waitsOf(notice: object, classes: object = {}): unknown {
  const rulebook = rulebookOf(catalog.parse({ classes, notices: { n: notice } }), 1);
  const rule = rulebook.notices.get("n")?.[0]?.rule;
  return [rule?.fallback_after_ms, rule?.resend_after_ms];
}

describe("The rules of a notice", () => {
  it("have its `fallback_after`, and none where it has none", () => {
    expect(waitsOf({ class: "service", channels: ["rcs", "sms"], fallback_after: "PT60S" })).toEqual([60_000, undefined]);
    expect(waitsOf({ class: "service", channels: ["rcs", "sms"] })).toEqual([undefined, undefined]);
  });

  it("have `resend_after` for codes alone: the notice's, else the class's, else 20 s", () => {
    const code = { class: "verification", channels: ["sms"] };
    const classes = { verification: { resend_after: "PT40S" } };
    expect(waitsOf(code)).toEqual([undefined, 20_000]);
    expect(waitsOf(code, classes)).toEqual([undefined, 40_000]);
    expect(waitsOf({ ...code, resend_after: "PT30S" }, classes)).toEqual([undefined, 30_000]);
    expect(waitsOf({ ...code, class: "transactional", resend_after: "PT30S" })).toEqual([undefined, undefined]);
  });
});
