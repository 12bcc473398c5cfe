import { describe, expect, it } from "vitest";
import type { Channel } from "../../src/vocabulary/classes.ts";
import { type Telling, wordsOf } from "./words-of.ts";

const on = (channel: Channel, words: unknown, telling: Telling = {}) =>
  wordsOf({ [channel]: { en: words } }, { ...telling, wanted: { channel }, catalog: { brand: { name: "Lark" } } });

const HOSTILE = { name: `<script>alert("1")</script> & 'you'`, empty: "" };

describe("RCS", () => {
  it("carries its text, suggestions and a picture, and degrades to the text, which is not signed", () => {
    const words = {
      text: "Hello {{ data.name }}",
      suggestions: [
        { reply: "Yes, {{ data.name }}" },
        { open: "https://lark.example/{{ id }}", label: "See {{ id }}" },
        { call: "+49301234567", label: "Call" },
      ],
      picture: { url: "https://lark.example/{{ id }}.png", alt: "{{ data.name }}" },
    };
    expect(on("rcs", words)).toEqual({
      kind: "words",
      locale: "en",
      text: "Hello 李雷",
      body: "Hello 李雷",
      content: {
        channel: "rcs",
        suggestions: [
          { reply: "Yes, 李雷" },
          { open: "https://lark.example/e1", label: "See e1" },
          { call: "+49301234567", label: "Call" },
        ],
        picture: { url: "https://lark.example/e1.png", alt: "李雷" },
      },
    });
  });

  it("leaves out suggestions and a picture of which a part renders empty, and is its text alone where nothing is left", () => {
    const suggestions = [
      { reply: "{{ data.empty }}" },
      { open: "{{ data.empty }}", label: "x" },
      { call: "+49301234567", label: "{{ data.empty }}" },
    ];
    const words = { text: "Hello", suggestions, picture: { url: "{{ data.empty }}", alt: "x" } };
    expect(on("rcs", words, { data: HOSTILE })).toEqual({ kind: "words", locale: "en", text: "Hello", body: "Hello" });
    expect(on("rcs", "Hello")).toEqual({ kind: "words", locale: "en", text: "Hello", body: "Hello" });
  });
});

describe("E-mail", () => {
  it("carries subject and HTML, and degrades to its text", () => {
    expect(on("email", { subject: "For {{ data.name }}", text: "Hello\n\n{{ data.name }}\n", html: "<p>{{ data.name }}</p>" })).toEqual({
      kind: "words",
      locale: "en",
      text: "Hello\n\n李雷",
      body: "Hello\n\n李雷",
      content: { channel: "email", subject: "For 李雷", html: "<p>李雷</p>" },
    });
    expect(on("email", { subject: "s", text: "t" })).toMatchObject({ content: { channel: "email", subject: "s" } });
  });

  it("escapes values in HTML, and in HTML alone", () => {
    const words = { subject: "{{ data.name }}", text: "{{ data.name }}", html: '<p title="{{ data.name }}">{{ data.name }}</p>' };
    const escaped = "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; &amp; &#39;you&#39;";
    expect(on("email", words, { data: HOSTILE })).toMatchObject({
      text: HOSTILE.name,
      content: { subject: HOSTILE.name, html: `<p title="${escaped}">${escaped}</p>` },
    });
  });

  it("keeps its subject on one line, whatever a value brings: a second line would be a header", () => {
    expect(on("email", { subject: "For {{ data.name }}", text: "x" }, { data: { name: "a\r\nBcc: b@example.com" } })).toMatchObject({
      content: { subject: "For a Bcc: b@example.com" },
    });
  });
});

describe("Push", () => {
  it("carries title, body and what a tap opens, and degrades to title: body", () => {
    expect(on("push", { title: "Shipped", body: "{{ data.name }}’s parcel", open: "lark://orders/{{ id }}" })).toMatchObject({
      text: "Shipped: 李雷’s parcel",
      content: { channel: "push", title: "Shipped", body: "李雷’s parcel", open: "lark://orders/e1" },
    });
  });
});

describe("Chat and inbox", () => {
  it("carry markdown, title and what a tap opens, and degrade to their text", () => {
    expect(on("chat", { text: "Stock low", markdown: "**Stock** low" })).toMatchObject({
      text: "Stock low",
      content: { channel: "chat", markdown: "**Stock** low" },
    });
    expect(on("inbox", { text: "It is there", title: "Your {{ id }}", open: "/orders/{{ id }}" })).toMatchObject({
      text: "It is there",
      content: { channel: "inbox", title: "Your e1", open: "/orders/e1" },
    });
  });

  it("are a text alone where that is all there is", () => {
    for (const channel of ["chat", "inbox"] as const) {
      expect(on(channel, "Hello")).toEqual({ kind: "words", locale: "en", text: "Hello", body: "Hello" });
    }
  });
});

describe("Words of a channel that carries more than a text", () => {
  it.each<[Channel, object, string]>([
    ["rcs", { text: " " }, "the text is empty"],
    ["email", { subject: "{{ data.empty }}", text: "x" }, "the subject is empty"],
    ["push", { title: "{{ data.empty }}", body: "x" }, "the title is empty"],
    ["push", { title: "x", body: "{{ data.empty }}" }, "the body is empty"],
  ])("cannot be made for %s where %j is empty", (channel, words, why) => {
    expect(on(channel, words, { data: HOSTILE })).toEqual({ kind: "unrenderable", why });
  });

  it("cannot be made where one leaf misses a variable, and say which", () => {
    expect(on("email", { subject: "x", text: "x", html: "{{ data.gone }}" })).toEqual({
      kind: "unrenderable",
      why: expect.stringMatching(/^html: .*data\.gone/),
    });
  });

  it.each(["javascript:alert(1)", " JavaScript :alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x"])(
    "open no script: %j",
    (name) => {
      expect(on("push", { title: "x", body: "x", open: "{{ data.name }}" }, { data: { name } })).toMatchObject({
        kind: "unrenderable",
        why: expect.stringContaining("script"),
      });
    },
  );

  it("open an address whose white space and quotes are encoded", () => {
    const open = "https://lark.example/?q={{ data.name }}";
    expect(on("push", { title: "x", body: "x", open }, { data: { name: 'a b"c' } })).toMatchObject({
      content: { open: "https://lark.example/?q=a%20b%22c" },
    });
  });
});
