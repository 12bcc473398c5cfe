import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeProfile, type ProfileChange } from "../../src/admit/change-profile.ts";
import { chooseChannel } from "../../src/admit/consent.ts";
import { emptyDocument, type KeptPreference } from "../../src/admit/document.ts";

const change = (over: Partial<ProfileChange> = {}): ProfileChange => ({
  how: "merge",
  profile: { id: "id-1" },
  addresses: {},
  preferences: [],
  ...over,
});
const sms = (hash: string, sealed = `sealed-${hash}`) => ({ sms: { sealed, hash, country: "CN" } });
const known = changeProfile(emptyDocument(), change({ addresses: sms("a"), profile: { id: "id-1", locale: "zh-CN", tags: ["vip"] } }));

describe("A profile", () => {
  it("begins at revision 1 with what was given", () => {
    expect(known.profile).toEqual({ revision: 1, id: "id-1", addresses: sms("a"), locale: "zh-CN", tags: ["vip"], quiet_hours: [] });
  });

  it("that is merged keeps what was left out, address by address", () => {
    const merged = changeProfile(
      known,
      change({ addresses: { email: { sealed: "e", hash: "e" } }, profile: { id: "id-2", locale: "en" } }),
    );
    expect(merged.profile).toMatchObject({
      revision: 2,
      id: "id-1",
      locale: "en",
      tags: ["vip"],
      addresses: { ...sms("a"), email: { hash: "e" } },
    });
  });

  it("that is replaced forgets what was left out", () => {
    const replaced = changeProfile(known, change({ how: "replace", profile: { id: "id-2" } }));
    expect(replaced.profile).toEqual({ revision: 2, id: "id-1", addresses: {}, tags: [], quiet_hours: [] });
  });

  it("loses an address that is given as none", () => {
    expect(changeProfile(known, change({ addresses: { sms: null } })).profile?.addresses).toEqual({});
  });

  it("has several addresses of a channel in order, and loses the others when the channel is given without them", () => {
    const book = { addresses: sms("a"), more_addresses: { sms: [sms("b").sms, sms("c").sms] } };
    const several = changeProfile(known, change(book));
    expect(several.profile).toMatchObject({ revision: 2, ...book });
    expect(changeProfile(several, change({ ...book, profile: { id: "sealed-anew" } }))).toBe(several);
    const other = changeProfile(several, change({ addresses: { email: { sealed: "e", hash: "e" } } }));
    expect(other.profile).toMatchObject(book);
    expect(changeProfile(several, change({ addresses: sms("b", "sealed-again") })).profile).toEqual({
      ...several.profile,
      revision: 3,
      addresses: sms("b"),
      more_addresses: undefined,
    });
    expect(changeProfile(several, change({ how: "replace", addresses: { sms: null } })).profile?.addresses).toEqual({});
  });

  it("keeps an address suppressed that an event names again, in whichever place, and not one that is set", () => {
    const refused = { ...sms("b").sms, suppressed: "21610" };
    const book = { addresses: sms("a"), more_addresses: { sms: [refused] } };
    const document = { ...emptyDocument(), profile: { revision: 1, id: "id-1", tags: [], quiet_hours: [], ...book } };
    const swapped = { addresses: sms("b"), more_addresses: { sms: [sms("a").sms] } };
    expect(changeProfile(document, change(swapped)).profile?.addresses.sms).toEqual(refused);
    expect(changeProfile(document, change({ ...swapped, how: "replace" })).profile?.addresses).toEqual(sms("b"));
    const patch = { remove: [], add_tags: [], remove_tags: [] };
    expect(changeProfile(document, change({ ...swapped, patch })).profile?.addresses).toEqual(sms("b"));
    expect(changeProfile(document, change({ patch }))).toBe(document);
  });

  it("that is patched loses what is removed, and gains and loses tags besides those it has", () => {
    const patch = { remove: ["locale" as const], add_tags: ["new", "vip"], remove_tags: ["old"] };
    expect(changeProfile(known, change({ patch })).profile).toEqual({
      ...known.profile,
      revision: 2,
      locale: undefined,
      tags: ["vip", "new"],
    });
    expect(changeProfile(known, change({ patch: { remove: [], add_tags: [], remove_tags: ["vip"] } })).profile?.tags).toEqual([]);
  });

  it("that is the same is the same document, though the same address was sealed anew", () => {
    expect(changeProfile(known, change({ addresses: sms("a", "sealed-again"), profile: { id: "sealed-anew", locale: "zh-CN" } }))).toBe(
      known,
    );
  });
});

describe("Preferences", () => {
  const scope = fc.constantFrom("all", "marketing", "sale.offer", "other");
  const entry: fc.Arbitrary<KeptPreference> = fc.record({
    scope,
    channel: fc.constantFrom("sms" as const, "*" as const),
    state: fc.constantFrom("in" as const, "out" as const),
    at: fc.nat(6),
  });

  it("decide the same although outdated entries are dropped, and stay few", () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 24 }), (entries) => {
        const kept = entries.reduce(
          (document, one) => changeProfile(document, change({ preferences: [one] })),
          emptyDocument(),
        ).preferences;
        expect(kept.length).toBeLessThanOrEqual(8);
        for (const consent of ["opt_in", "opt_out"] as const) {
          const question = { notice: "sale.offer", class: "marketing" as const, consent, channels: ["sms" as const] };
          const reachable = new Set(["sms" as const]);
          expect(chooseChannel(question, reachable, kept)).toEqual(chooseChannel(question, reachable, entries));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
