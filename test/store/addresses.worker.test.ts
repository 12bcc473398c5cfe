import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { insertAddresses, ownersOf } from "../../src/store/addresses.ts";

const row = (tenant: string, key: string, hashes: Readonly<Record<string, string>>) => ({
  tenant,
  key,
  revision: 1,
  profile: JSON.stringify({
    id: "sealed",
    addresses: Object.fromEntries(Object.entries(hashes).map(([channel, hash]) => [channel, { sealed: "k1.x.y", hash, country: "CN" }])),
  }),
});

describe("Addresses", () => {
  it("are found by their hashes on the channels that are asked for, of one tenant", async () => {
    await insertAddresses(env.DB, [
      row("t1", "ann", { sms: "h1", email: "h2" }),
      row("t1", "ben", { rcs: "h3" }),
      row("t2", "eve", { sms: "h1" }),
    ]).run();
    expect(await ownersOf(env.DB, "t1", ["sms", "rcs"], ["h1", "h2", "h3", "h4"])).toEqual([
      { hash: "h3", recipient: "ben" },
      { hash: "h1", recipient: "ann" },
    ]);
    expect(await ownersOf(env.DB, "t1", ["sms"], [])).toEqual([]);
  });

  it("may be of several people, and stay theirs when they have another one", async () => {
    await insertAddresses(env.DB, [row("t3", "ann", { sms: "home" }), row("t3", "ben", { sms: "home" })]).run();
    await insertAddresses(env.DB, [row("t3", "ann", { sms: "new" })]).run();
    expect((await ownersOf(env.DB, "t3", ["sms"], ["home", "new"])).map(({ hash, recipient }) => `${hash} ${recipient}`)).toEqual([
      "home ann",
      "home ben",
      "new ann",
    ]);
  });

  it("are all of a profile's, preferred or not", async () => {
    const [some] = [row("t5", "ann", { sms: "a" })];
    const more = { sms: [{ sealed: "k1.x.y", hash: "b" }], rcs: [{ sealed: "k1.x.y", hash: "c" }] };
    await insertAddresses(env.DB, [{ ...some, profile: JSON.stringify({ ...JSON.parse(some.profile), more_addresses: more }) }]).run();
    expect((await ownersOf(env.DB, "t5", ["sms", "rcs"], ["a", "b", "c"])).map(({ hash }) => hash).sort()).toEqual(["a", "b", "c"]);
  });

  it("cost a row each and one to find them by whose they are when they are new, and none when they are known", async () => {
    const rows = [row("t4", "ann", { sms: "a", rcs: "b" }), row("t4", "ben", {})];
    expect((await insertAddresses(env.DB, rows).run()).meta.rows_written).toBe(4);
    expect((await insertAddresses(env.DB, rows).run()).meta.rows_written).toBe(0);
    expect((await insertAddresses(env.DB, [{ tenant: "t4", key: "k", profile: "{}", revision: 1 }]).run()).meta.rows_written).toBe(0);
  });
});
