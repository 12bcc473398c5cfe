import { describe, expect, it } from "vitest";
import type { Caller } from "../../src/accept/authenticate.ts";
import { type ShowCarriersDeps, showCarriers } from "../../src/accept/show-carriers.ts";
import type { CarrierBalance } from "../../src/deliver/carriers/adapter.ts";
import type { GateStatus } from "../../src/deliver/gate-port.ts";
import type { Outgoing } from "../../src/support/outgoing.ts";
import type { CatalogCarrier } from "../../src/vocabulary/catalog.ts";
import { carrierAnswering, settled } from "../deliver/lane.ts";

const CALLER = { tenant: "shop", key: "k1", scopes: ["read"] } as const;
const ACCOUNT: CatalogCarrier = {
  adapter: "twilio",
  base_url: "https://api.twilio.com",
  settings: { account_sid: `AC${"0".repeat(32)}`, from: "+15005550006" },
  secrets: { auth_token: "CARRIER_SHOP_TWILIO" },
};
const CLOSED: GateStatus = {
  health: { breaker: "closed", share: 1 },
  since: undefined,
  cause: undefined,
  shed: [],
  given_last_second: 3,
  per_second: 100,
  waiting: { marketing: 40 },
  calls_30s: { answered: 90, errors: 1 },
  receipts: { watched: 50, missing: 2, usual_ms: 1_800 },
  last_troubles: [{ at: 0, kind: "throttled", code: "20429", retry_after_seconds: 2 }],
};

function showing(carriers: Readonly<Record<string, CatalogCarrier>>, over: Partial<ShowCarriersDeps> = {}) {
  const deps: ShowCarriersDeps = {
    now: () => 0,
    outgoing: async () => ({ kind: "unclear", code: "timeout", detail: "" }),
    activeCatalog: async () => ({ version: 4, catalog: { carriers, notices: {} } }),
    hasSecret: () => true,
    listPauses: async () => [],
    carrier: () => carrierAnswering(() => ({ kind: "taken" }), []),
    gates: { status: async () => CLOSED },
    publicUrl: "https://carillon.example",
    callbackToken: async (tenant, carrier) => `token-of-${tenant}-${carrier}`,
    ...over,
  };
  return async (caller: Caller = CALLER): Promise<unknown> => (await showCarriers(caller, deps)).json();
}

const telling = (balance: (outgoing: Outgoing) => Promise<CarrierBalance | undefined>) => ({
  ...carrierAnswering(() => ({ kind: "taken" }), []),
  balance,
});

describe("Carriers as people see them", () => {
  it("are those of the catalog in force, with what it says, their health and no secret's name", async () => {
    expect(await showing({ main: ACCOUNT })()).toEqual({
      catalog: 4,
      carriers: [
        {
          name: "main",
          adapter: "twilio",
          channels: expect.arrayContaining(["sms"]),
          base_url: "https://api.twilio.com",
          per_second: expect.any(Number),
          secrets: { auth_token: "set" },
          paused: false,
          gate: {
            breaker: "closed",
            share: 1,
            rate: { given_last_second: 3, per_second: 100 },
            shed: [],
            waiting: { marketing: 40 },
            calls_30s: { answered: 90, errors: 1 },
            receipts: { watched: 50, missing: 2, usual_ms: 1_800 },
            last_troubles: [{ at: "1970-01-01T00:00:00.000Z", kind: "throttled", code: "20429", retry_after_seconds: 2 }],
          },
        },
      ],
    });
    expect(await showing({}, { activeCatalog: async () => undefined })()).toEqual({ carriers: [] });
  });

  it("tell admins, and nobody else, where the vendor is to post receipts: who knows the address may post there", async () => {
    const show = showing({ main: ACCOUNT });
    const receipts = "https://carillon.example/carriers/shop/main/token-of-shop-main/receipts";
    expect(await show({ tenant: "shop", key: "k1", scopes: ["admin"] })).toMatchObject({ carriers: [{ callbacks: { receipts } }] });
    expect(JSON.stringify(await show({ tenant: "shop", key: "k1", scopes: ["read", "events"] }))).not.toContain("token-of");
  });

  it("have the catalog's pace, and else the adapter's own", async () => {
    const shown = await showing({ own: { ...ACCOUNT, per_second: 7, sender_per_second: 2 }, plain: ACCOUNT })();
    expect(shown).toMatchObject({ carriers: [{ per_second: 7, sender_per_second: 2 }, { per_second: 100 }] });
  });

  it("say since when and why their breaker is open, and when it is probed", async () => {
    const open: GateStatus = { ...CLOSED, health: { breaker: "open", share: 0, probe_at: 5_000 }, since: 1_000, cause: "errors" };
    expect(await showing({ main: ACCOUNT }, { gates: { status: async () => open } })()).toMatchObject({
      carriers: [
        { gate: { breaker: "open", share: 0, since: "1970-01-01T00:00:01.000Z", probe_at: "1970-01-01T00:00:05.000Z", cause: "errors" } },
      ],
    });
  });

  it("say which secrets are missing and whether they are paused, alone or with the tenant", async () => {
    const carriers = { main: ACCOUNT, spare: ACCOUNT };
    const missing = await showing(carriers, {
      hasSecret: () => false,
      listPauses: async () => [{ kind: "carrier", name: "spare", since: 0 }],
    })();
    expect(missing).toMatchObject({ carriers: [{ secrets: { auth_token: "missing" }, paused: false }, { paused: true }] });
    const all = await showing(carriers, { listPauses: async () => [{ kind: "tenant", name: "", since: 0 }] })();
    expect(all).toMatchObject({ carriers: [{ paused: true }, { paused: true }] });
  });

  it("tell their balance beside the lowest one that the catalog names, or why it is not known", async () => {
    const shown = (carrier: ShowCarriersDeps["carrier"]) => showing({ main: { ...ACCOUNT, balance_low: "100 USD" } }, { carrier })();
    const [told, silent, broken] = await Promise.all([
      shown(() => telling(async () => ({ amount: "12.50", unit: "USD" }))),
      shown(() => telling(async (outgoing) => void (await outgoing({ method: "GET", url: "https://x", headers: {} }, 1)))),
      shown(() => telling(() => Promise.reject(new Error("bug")))),
    ]);
    expect(told).toMatchObject({ carriers: [{ balance: { amount: "12.50", unit: "USD", low: "100 USD" } }] });
    expect(silent).toMatchObject({ carriers: [{ balance: { unavailable: "timeout" } }] });
    expect(broken).toMatchObject({ carriers: [{ balance: { unavailable: "fault" } }] });
  });

  it("are shown though a gate cannot be asked, or an account not be used", async () => {
    const away = { status: () => Promise.reject(new Error("away")) };
    const shown = await showing({ main: ACCOUNT, spare: ACCOUNT }, { gates: away, carrier: () => undefined })();
    expect(shown).toMatchObject({
      carriers: [
        { name: "main", gate: { unavailable: "gate" } },
        { name: "spare", gate: { unavailable: "gate" } },
      ],
    });
  });

  it("are asked for their balances together, six at a time", async () => {
    const most = { now: 0, ever: 0 };
    const carrier = () =>
      telling(async () => {
        most.ever = Math.max(most.ever, ++most.now);
        await settled();
        most.now--;
        return undefined;
      });
    await showing(Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`c${at}`, ACCOUNT])), { carrier })();
    expect(most.ever).toBe(6);
  });
});
