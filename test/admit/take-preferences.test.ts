import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withPreference } from "../../src/admit/change-profile.ts";
import { changeProfiles } from "../../src/admit/change-profiles.ts";
import { emptyDocument, type KeptPreference, type RecipientDocument } from "../../src/admit/document.ts";
import { takePreferences } from "../../src/admit/take-preferences.ts";

const scope = fc.constantFrom("all", "marketing", "service", "known1", "known2", "new1", "new2", "new3");
const entry: fc.Arbitrary<KeptPreference> = fc.record({
  scope,
  channel: fc.constantFrom("sms" as const, "*" as const),
  state: fc.constantFrom("in" as const, "out" as const),
  at: fc.nat(6),
});

/** A document with room for so many scopes more. */
function withRoomFor(more: number): RecipientDocument {
  const kept = Array.from(
    { length: 1_000 - more },
    (_, at): KeptPreference => ({ scope: `known${at}`, channel: "sms", state: "in", at: 3 }),
  );
  return { ...emptyDocument(), preferences: kept };
}

const placeOf = ({ scope: of, channel }: KeptPreference): string => `${of} ${channel}`;

describe("Preferences that come to a recipient who has many", () => {
  it("never are more than there may be, but for all and the classes, and each is taken or named", () => {
    fc.assert(
      fc.property(fc.nat(3), fc.array(entry, { maxLength: 12 }), (room, entries) => {
        const before = withRoomFor(room);
        const { document, refused = [] } = takePreferences(before, "id", entries);
        const wide = document.preferences.filter(({ scope: of }) => !/^(known|new)/.test(of));
        expect(document.preferences.length - wide.length).toBeLessThanOrEqual(1_000);
        const places = new Set(before.preferences.map(placeOf));
        for (const at of refused) {
          const one = entries[at];
          expect(one && (one.state === "in" || /^(known|new)/.test(one.scope)) && !places.has(placeOf(one))).toBe(true);
        }
        const rest = entries.filter((_, at) => !refused.includes(at));
        expect(document.preferences).toEqual(rest.reduce(withPreference, before.preferences));
      }),
      { numRuns: 60 },
    );
  });

  it("are all taken where there is room, and say nothing of refusals", () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 24 }), (entries) => {
        const { document, refused } = takePreferences(emptyDocument(), "id", entries);
        expect(refused).toBeUndefined();
        expect(document.preferences).toEqual(entries.reduce(withPreference, []));
      }),
    );
  });

  it("give the same document where they say nothing new", () => {
    const before = withRoomFor(0);
    const known = before.preferences[7];
    expect(takePreferences(before, "id", known ? [known] : []).document).toBe(before);
    expect(takePreferences(before, "id", [{ scope: "new1", channel: "sms", state: "in", at: 1 }])).toEqual({
      document: before,
      refused: [0],
    });
  });

  it("spoil neither the profile with which they come nor those beside them", () => {
    const news: KeptPreference = { scope: "new1", channel: "sms", state: "out", at: 1 };
    const no: KeptPreference = { scope: "all", channel: "*", state: "out", at: 1 };
    const change = { how: "replace" as const, profile: { id: "id", locale: "en" }, addresses: {} };
    const { document, ...answer } = changeProfiles(withRoomFor(0), [
      { ...change, preferences: [] },
      { ...change, preferences: [news, no] },
      { ...change, preferences: [news] },
    ]);
    expect(answer).toEqual({ outcomes: ["changed", "changed", "unchanged"], refused: [[], [0], [0]] });
    expect([document.profile?.locale, document.preferences.at(-1)]).toEqual(["en", no]);
  });
});
