import { describe, expect, it } from "vitest";
import { issuesOf } from "../../src/support/issues.ts";
import { channelTemplates } from "../../src/vocabulary/words.ts";

/** What is wrong with the words of a notice, as pointer and detail. */
function issuesIn(words: unknown): string[] {
  const parsed = channelTemplates.safeParse(words);
  return parsed.success ? [] : issuesOf(parsed.error).map(({ pointer, detail }) => `${pointer} ${detail}`);
}

const TAG = "is not a language tag, such as zh-CN";
const NO_TEXT = "has no text in any locale";

describe("Words of a channel", () => {
  it("are maps by locale, in their order, a text alone standing for a map", () => {
    const { sms, push } = channelTemplates.parse({
      sms: { segments: 2, encoding: "smart", "zh-CN": "您好", en: { text: "Hello", short: "Hi" } },
      push: { en: { title: "Hello", body: "there" } },
    });
    expect(sms).toEqual({
      segments: 2,
      encoding: "smart",
      texts: new Map([
        ["zh-CN", { text: "您好" }],
        ["en", { text: "Hello", short: "Hi" }],
      ]),
    });
    expect(push?.texts).toEqual(new Map([["en", { title: "Hello", body: "there" }]]));
    expect(channelTemplates.parse({ sms: { en: "x" } }).sms).not.toHaveProperty("segments");
  });

  it("have a limit, a text alone too", () => {
    const long = "x".repeat(20_001);
    const issues = issuesIn({ sms: { en: long }, chat: { en: { text: long } }, inbox: { en: "x".repeat(20_000) } });
    expect(issues).toEqual(["/sms/en must have at most 20000 characters", "/chat/en/text must have at most 20000 characters"]);
  });

  it.each(["sms", "rcs", "email", "push", "chat", "inbox"])("of %s are told every wrong tag and every wrong text at once", (channel) => {
    expect(issuesIn({ [channel]: { zh_CN: 5, en: 5, "": 5 } }).map((issue) => issue.replace(/(is a number; )?must.*/, ""))).toEqual([
      `/${channel}/zh_CN `,
      `/${channel}/en `,
      `/${channel}/ `,
      `/${channel}/zh_CN ${TAG}`,
      `/${channel}/ ${TAG}`,
    ]);
  });

  it.each(["sms", "rcs", "email", "push", "chat", "inbox"])("of %s are in one locale at least", (channel) => {
    expect(issuesIn({ [channel]: {} })).toEqual([`/${channel} ${NO_TEXT}`]);
    expect(issuesIn({ [channel]: ["x"] })).toEqual([`/${channel} must be a map from locales to texts, such as { zh-CN: 您好 }`]);
  });

  it("of SMS may say what they cost, which is no locale, and all that is wrong is told at once", () => {
    expect(issuesIn({ sms: { segments: 1, encoding: "exact" } })).toEqual([`/sms ${NO_TEXT}`]);
    expect(issuesIn({ sms: { segments: 9, encoding: "cheap", en: "", zh_CN: "x" } })).toEqual([
      "/sms/segments must be a whole number from 1 to 8",
      "/sms/encoding must be exact or smart",
      "/sms/en must not be empty",
      `/sms/zh_CN ${TAG}`,
    ]);
    expect(issuesIn({ rcs: { segments: 1, en: "x" } })).toEqual(["/rcs/segments must be a text, or a map with a text"]);
  });
});
