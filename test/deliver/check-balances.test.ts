import { describe, expect, it } from "vitest";
import type { Alert } from "../../src/deliver/alerts.ts";
import { askBalance } from "../../src/deliver/ask-balance.ts";
import type { CarrierBalance } from "../../src/deliver/carriers/adapter.ts";
import type { MountedCarrier } from "../../src/deliver/carriers/registry.ts";
import { type CheckBalancesDeps, checkBalances, isBelow } from "../../src/deliver/check-balances.ts";
import type { CompiledCatalog } from "../../src/store/compiled-catalog.ts";
import { type Outgoing, resultOf } from "../../src/support/outgoing.ts";
import { carrierAnswering, settled } from "./lane.ts";

const REQUEST = { method: "GET", url: "https://carrier.example/balance", headers: {} } as const;

/** A carrier that asks the outside for its balance and reads it so. */
function telling(balance: (outgoing: Outgoing) => Promise<CarrierBalance | undefined>): MountedCarrier {
  return { ...carrierAnswering(() => ({ kind: "taken" }), []), balance };
}

const fixed = (amount: string, unit: string): MountedCarrier => telling(async () => ({ amount, unit }));

function catalogOf(lows: Readonly<Record<string, string | undefined>>): CompiledCatalog {
  const account = { adapter: "twilio", base_url: "https://api.twilio.com", settings: {} };
  const carriers = Object.fromEntries(
    Object.entries(lows).map(([name, balance_low]) => [name, { ...account, ...(balance_low === undefined ? {} : { balance_low }) }]),
  );
  return { version: 1, catalog: { carriers, notices: {} } };
}

function checking(
  catalogs: Readonly<Record<string, CompiledCatalog>>,
  carrier: (tenant: string, name: string) => MountedCarrier | undefined,
) {
  const alerts: (Alert & { readonly tenant: string })[] = [];
  const deps: CheckBalancesDeps = {
    now: () => 0,
    outgoing: async () => ({ kind: "unclear", code: "unused", detail: "" }),
    tenantsWithBalances: async () => Object.keys(catalogs).map((tenant) => ({ tenant, version: 1 })),
    async catalogVersion(tenant) {
      const found = catalogs[tenant];
      if (!found) throw new Error("there is none");
      return found;
    },
    carrier: (tenant, _catalog, name) => carrier(tenant, name),
    async postAlerts(tenant, more) {
      alerts.push(...more.map((alert) => ({ ...alert, tenant })));
    },
  };
  return { deps, alerts };
}

describe("A balance", () => {
  it.each([
    [{ amount: "99.99", unit: "USD" }, "100 USD", true],
    [{ amount: "100", unit: "USD" }, "100 USD", false],
    [{ amount: "-3.5", unit: "CNY" }, "0 CNY", true],
    [{ amount: "500", unit: "messages" }, "500.000001 messages", true],
    [{ amount: "5", unit: "usd" }, "10 USD", true],
    [{ amount: "5", unit: "EUR" }, "10 USD", undefined],
    [{ amount: "", unit: "USD" }, "10 USD", undefined],
    [{ amount: "much", unit: "USD" }, "10 USD", undefined],
    [{ amount: "Infinity", unit: "USD" }, "10 USD", undefined],
  ] as const)("of %j is below %s: %s", (balance, low, expected) => {
    expect(isBelow(balance, low)).toBe(expected);
  });

  it("that is low alerts, by the carrier's name and with what a template may name", async () => {
    const { deps, alerts } = checking({ shop: catalogOf({ main: "100 USD", full: "10 USD", silent: undefined }) }, () =>
      fixed("12.5", "USD"),
    );
    await checkBalances(1, deps);
    const detail = { carrier: "main", amount: "12.5", unit: "USD", low: "100 USD" };
    expect(alerts).toEqual([{ tenant: "shop", type: "balance.low", cause: "main", detail }]);
  });

  it("that cannot be asked, read or compared, or whose account cannot be used, alerts nobody and spoils no other", async () => {
    const carriers: Record<string, MountedCarrier | undefined> = {
      broken: telling(() => Promise.reject(new Error("bug"))),
      unreadable: telling(async () => undefined),
      other: fixed("1", "EUR"),
      unusable: undefined,
      good: fixed("1", "USD"),
    };
    const lows = Object.fromEntries(Object.keys(carriers).map((name) => [name, "100 USD"]));
    const { deps, alerts } = checking({ shop: catalogOf(lows) }, (_, name) => carriers[name]);
    const tenants = ["gone", "shop"].map((tenant) => ({ tenant, version: 1 }));
    await checkBalances(1, { ...deps, tenantsWithBalances: async () => tenants });
    expect(alerts.map(({ cause }) => cause)).toEqual(["good"]);
  });

  it("is asked of at most 500 carriers a run, six at a time, and of others in another run", async () => {
    const asked = new Set<string>();
    const most = { now: 0, ever: 0 };
    const catalogs = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`t${at}`, catalogOf({ a: "1 USD", b: "1 USD" })]));
    const { deps } = checking(catalogs, (tenant, name) =>
      telling(async () => {
        asked.add(`${tenant}/${name}`);
        most.ever = Math.max(most.ever, ++most.now);
        await settled();
        most.now--;
        return { amount: "5", unit: "USD" };
      }),
    );
    await checkBalances(1, deps);
    expect([asked.size, most.ever]).toEqual([500, 6]);
    for (let run = 2; asked.size < 600 && run < 30; run++) await checkBalances(run, deps);
    expect(asked.size).toBe(600);
  });
});

describe("Asking for a balance", () => {
  const ask = (outgoing: Outgoing, now = () => 0) =>
    askBalance(
      telling(async (call) => void (await call(REQUEST, 10_000))),
      { now, outgoing },
    );

  it("says nothing of carriers that do not tell, and the balance of those that do", async () => {
    const deps = { now: () => 0, outgoing: async () => resultOf(200, new Headers(), "") };
    expect(
      await askBalance(
        carrierAnswering(() => ({ kind: "taken" }), []),
        deps,
      ),
    ).toBeUndefined();
    expect(await askBalance(fixed("1", "USD"), deps)).toEqual({ kind: "told", balance: { amount: "1", unit: "USD" } });
  });

  it("gives the code of what it met", async () => {
    const codes = await Promise.all(
      [401, 200, 503, 521].map((status) => ask(async () => resultOf(status, new Headers(), "?"))).map(async (answer) => await answer),
    );
    expect(codes.map((answer) => answer?.kind === "unavailable" && answer.code)).toEqual(["401", "unreadable", "503", "521"]);
    expect(await ask(async () => ({ kind: "unclear", code: "timeout", detail: "" }))).toEqual({ kind: "unavailable", code: "timeout" });
  });

  it("takes five seconds at most, over all calls that it needs", async () => {
    let now = 0;
    const deadlines: number[] = [];
    const outgoing: Outgoing = async (_request, ms) => {
      deadlines.push(ms);
      now += 2_000;
      return resultOf(200, new Headers(), "");
    };
    const thrice = telling(async (call) => {
      for (let at = 0; at < 3; at++) await call(REQUEST, 10_000);
      return undefined;
    });
    await askBalance(thrice, { now: () => now, outgoing });
    expect(deadlines).toEqual([5_000, 3_000, 1_000]);
  });
});
