import { describe, expect, it } from "vitest";
import { DOCUMENT_VERSION, emptyDocument } from "../../src/admit/document.ts";
import { readDocument } from "../../src/admit/read-document.ts";
import { attemptOf, messageOf } from "../settle/messages.ts";

describe("A stored document", () => {
  it("is read as it was written", () => {
    const document = {
      ...emptyDocument(),
      messages: [messageOf({ attempts: [attemptOf({ receipts: [{ status: "delivered", at: 1 }] })] })],
      alarm_at: 5,
    };
    expect(readDocument(JSON.stringify(document))).toEqual(document);
  });

  it("of a newer version is refused, since older code would lose what it says", () => {
    expect(() => readDocument(JSON.stringify({ ...emptyDocument(), v: DOCUMENT_VERSION + 1 }))).toThrow("version");
  });

  it("that is damaged is refused", () => {
    expect(() => readDocument(JSON.stringify({ v: DOCUMENT_VERSION, messages: [{ id: "x" }] }))).toThrow();
    expect(() => readDocument("{")).toThrow();
  });
});
