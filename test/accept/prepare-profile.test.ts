import { describe, expect, it } from "vitest";
import { type ProfilePlace, prepareProfile } from "../../src/accept/prepare-profile.ts";
import type { RecipientInput } from "../../src/vocabulary/recipient.ts";
import { profileDeps } from "./profile-deps.ts";

const deps = await profileDeps();
const place: ProfilePlace = { tenant: "shop", id: "u1", how: "replace", country: "CN", at: Date.UTC(2026, 2, 1), path: [] };

async function prepared(input: RecipientInput, over: Partial<ProfilePlace> = {}) {
  const profile = await prepareProfile(input, { ...place, ...over }, deps);
  if (!profile.ok) throw new Error(JSON.stringify(profile.issues));
  return profile;
}

describe("prepareProfile", () => {
  it("seals the id and every address, and finds an address by its hash", async () => {
    const { change } = await prepared({ addresses: { sms: "13800138000", email: "li@example.com" } });
    expect(JSON.stringify(change)).not.toMatch(/u1"|13800138000|li@example/);
    expect(change.addresses.sms?.country).toBe("CN");
    expect(await deps.sealer.open(change.addresses.sms?.sealed ?? "", "shop/address")).toBe("+8613800138000");
    expect(await deps.sealer.open(change.addresses.email?.sealed ?? "", "shop/address")).toBe("li@example.com");
    expect(await deps.sealer.open(change.profile.id, "shop/recipient")).toBe("u1");
  });

  it("gives equal addresses equal hashes within a tenant and a channel, and nowhere else", async () => {
    const hash = async (sms: string, tenant = "shop") => (await prepared({ addresses: { sms } }, { tenant })).change.addresses.sms?.hash;
    expect(await hash("+86 138 0013 8000")).toBe(await hash("13800138000"));
    expect(await hash("13800138000", "other")).not.toBe(await hash("13800138000"));
    const { change } = await prepared({ addresses: { sms: "13800138000", rcs: "13800138000" } });
    expect(change.addresses.sms?.hash).not.toBe(change.addresses.rcs?.hash);
  });

  it("takes an empty address as none and says nothing of one that was not given", async () => {
    expect((await prepared({ addresses: { sms: "", rcs: "  " } })).change.addresses).toEqual({ sms: null, rcs: null });
    expect((await prepared({})).change.addresses).toEqual({});
  });

  it("takes a list of addresses of a channel, the first of which is the preferred one", async () => {
    const { change } = await prepared({ addresses: { sms: ["13800138000", " +86 13800138001 "], rcs: [], email: ["li@example.com"] } });
    expect(change.addresses).toMatchObject({ sms: { country: "CN" }, rcs: null, email: {} });
    expect(await deps.sealer.open(change.more_addresses?.sms?.[0]?.sealed ?? "", "shop/address")).toBe("+8613800138001");
    expect(Object.keys(change.more_addresses ?? {})).toEqual(["sms"]);
  });

  it("names an address that stands twice, however it is written, and an empty one", async () => {
    const input = { addresses: { sms: ["13800138000", "", "+86 138 0013 8000"], email: ["li@example.com"] } };
    expect(await prepareProfile(input, place, deps)).toEqual({
      ok: false,
      issues: [
        { pointer: "/addresses/sms/1", detail: "is empty; leave it out" },
        { pointer: "/addresses/sms/2", detail: expect.stringContaining("give each address of a channel once") },
      ],
    });
  });

  it("names every bad address at its place, with why", async () => {
    const input = { addresses: { sms: "123", email: "li", rcs: "+8613800138000" } };
    const bad = await prepareProfile(input, { ...place, path: ["recipients", 3] }, deps);
    expect(bad).toEqual({
      ok: false,
      issues: [
        { pointer: "/recipients/3/addresses/sms", detail: expect.any(String) },
        { pointer: "/recipients/3/addresses/email", detail: "is not an e-mail address" },
      ],
    });
  });

  it("dates preferences that have no time, and brings the others into UTC", async () => {
    const { preferences, change } = await prepared({
      preferences: [
        { scope: "all", channel: "*", state: "out" },
        { scope: "marketing", channel: "sms", state: "in", at: "2026-02-01T08:00:00+08:00" },
      ],
    });
    expect(preferences.map(({ at }) => at)).toEqual(["2026-03-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"]);
    expect(change.preferences.map(({ at }) => at)).toEqual([Date.UTC(2026, 2, 1), Date.UTC(2026, 1, 1)]);
  });

  it("hands on what was given and nothing else", async () => {
    const { change } = await prepared({ locale: "en", time_zone: "Asia/Shanghai", tags: ["vip"] }, { how: "merge" });
    expect(change).toMatchObject({ how: "merge", profile: { locale: "en", time_zone: "Asia/Shanghai", tags: ["vip"] } });
    expect(Object.keys((await prepared({})).change.profile)).toEqual(["id"]);
  });
});
