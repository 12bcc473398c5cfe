import { describe, expect, it } from "vitest";
import { type TestCarrierDeps, testCarrier } from "../../src/accept/test-carrier.ts";
import { adapterNames, findAdapter, type MountedCarrier } from "../../src/deliver/carriers/registry.ts";
import type { Pause } from "../../src/store/pauses.ts";
import { namingKeyOf } from "../../src/support/hashing.ts";
import { type OutgoingRequest, type OutgoingResult, resultOf } from "../../src/support/outgoing.ts";
import type { AuditEntry } from "../../src/vocabulary/audit.ts";
import type { CatalogCarrier } from "../../src/vocabulary/catalog.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const TOKEN = "temporary-token/0123456789+x=";
const CALLER = { tenant: "shop", key: "k1", scopes: ["admin"] } as const;
const NUMBER = "+8613800138000";

/** An account at each provider that there is, with all secrets that it may have. */
const ACCOUNTS: Readonly<Record<string, CatalogCarrier>> = {
  twilio: {
    adapter: "twilio",
    base_url: "https://api.twilio.com",
    settings: { account_sid: `AC${"0".repeat(32)}`, from: "+15005550006" },
    secrets: { auth_token: "CARRIER_SHOP_KEY" },
  },
  alibaba: {
    adapter: "alibaba",
    base_url: "https://dysmsapi.aliyuncs.com",
    settings: { access_key_id: "LTAI0000000000000001", sign_name: "鲸落商城" },
    secrets: { access_key_secret: "CARRIER_SHOP_KEY", security_token: "CARRIER_SHOP_TOKEN" },
  },
  tencent: {
    adapter: "tencent",
    base_url: "https://sms.tencentcloudapi.com",
    settings: { secret_id: "AKID0000000000000001", sdk_app_id: "1400006666", sign_name: "鲸落商城" },
    secrets: { secret_key: "CARRIER_SHOP_KEY", token: "CARRIER_SHOP_TOKEN" },
  },
};
const NAMING = await namingKeyOf(new Uint8Array(32).fill(1));
const VALUES: Readonly<Record<string, string>> = { CARRIER_SHOP_KEY: SECRET, CARRIER_SHOP_TOKEN: TOKEN };

function mountedOf({ adapter, base_url, settings, secrets = {} }: CatalogCarrier): MountedCarrier {
  const search = findAdapter(adapter);
  if (search.kind === "unknown") throw new Error("there is no such adapter");
  const values = Object.fromEntries(Object.entries(secrets).map(([key, name]) => [key, VALUES[name] ?? ""]));
  const mounting = search.adapter.mount({ base_url, settings, secrets: values });
  if (mounting.kind !== "mounted") throw new Error(`it does not mount: ${JSON.stringify(mounting)}`);
  return mounting.carrier;
}

interface Told {
  readonly status: number;
  readonly text: string;
  readonly body: unknown;
}

function testing(answer: (request: OutgoingRequest) => OutgoingResult, over: Partial<TestCarrierDeps> = {}) {
  const calls: OutgoingRequest[] = [];
  const entries: AuditEntry[] = [];
  let now = 0;
  const deps: TestCarrierDeps = {
    now: () => (now += 40),
    async outgoing(request) {
      calls.push(request);
      return answer(request);
    },
    naming: NAMING,
    audit: async (_tenant, written) => void entries.push(...written),
    randomToken: (bytes) => "t".repeat(Math.ceil((bytes * 4) / 3)),
    activeCatalog: async () => ({ version: 1, catalog: { defaults: { country: "CN" }, carriers: ACCOUNTS, notices: {} } }),
    listPauses: async () => [],
    findBlock: async () => undefined,
    carrier: (_tenant, { catalog }, name) => {
      const account = catalog.carriers?.[name];
      return account && mountedOf(account);
    },
    readSecret: (name) => VALUES[name],
    ...over,
  };
  return {
    calls,
    entries,
    async ask(name: string, body: unknown): Promise<Told> {
      const headers = { "content-type": "application/json" };
      const request = new Request("https://carillon.example/", { method: "POST", headers, body: JSON.stringify(body) });
      const response = await testCarrier(request, name, CALLER, deps);
      const text = await response.text();
      return { status: response.status, text, body: JSON.parse(text) };
    },
  };
}

const HELLO = { to: NUMBER, text: "您好", template: { code: "1108", params: ["1234"] } };
const HELLO_NAMED = { ...HELLO, template: { code: "SMS_154950909", params: { code: "1234" } } };
const bodyFor = (name: string): object => (name === "alibaba" ? HELLO_NAMED : HELLO);

describe("Testing a carrier", () => {
  it("is tried here with every adapter that there is", () => {
    expect(Object.keys(ACCOUNTS).sort()).toEqual([...adapterNames].sort());
  });

  it.each(adapterNames)("makes one call through %s and shows it without anything that could be called with again", async (name) => {
    // A carrier that quotes what it was called with tells no more than the call.
    const { ask, calls } = testing(({ url, headers, body = "" }) =>
      resultOf(400, new Headers(), JSON.stringify({ url, headers, body, key: SECRET, token: TOKEN })),
    );
    const told = await ask(name, bodyFor(name));
    expect(told.status).toBe(200);
    expect(calls).toHaveLength(1);
    expect(told.body).toMatchObject({
      request: { method: "POST", url: expect.stringContaining(String(ACCOUNTS[name]?.base_url)), headers: expect.anything() },
      answer: { kind: expect.any(String) },
      took_ms: 40,
      response: { status: 400, body: expect.any(String) },
    });
    const proofs = [
      SECRET,
      TOKEN,
      encodeURIComponent(TOKEN),
      ...Object.entries(calls[0]?.headers ?? {}).flatMap(([header, value]) =>
        header.toLowerCase() === "authorization" ? [value.split(/[ =]/).findLast((part) => part !== "") ?? ""] : [],
      ),
    ];
    for (const proof of proofs) {
      expect(proof.length).toBeGreaterThan(10);
      expect(told.text).not.toContain(proof);
    }
    expect(told.text).toContain("***");
  });

  it("is written down before it is made, without the number, and not made where it cannot be written down", async () => {
    const { ask, entries } = testing(() => resultOf(201, new Headers(), "{}"));
    await ask("twilio", HELLO);
    const to = expect.stringMatching(/^[\w-]{22}$/);
    expect(entries).toEqual([{ actor: "key:k1", action: "carrier.test", target: "twilio", detail: { channel: "sms", to } }]);
    await ask("nobody", HELLO);
    expect(entries).toHaveLength(1);
    const broken = testing(() => resultOf(201, new Headers(), "{}"), { audit: () => Promise.reject(new Error("away")) });
    await expect(broken.ask("twilio", HELLO)).rejects.toThrow("away");
    expect(broken.calls).toEqual([]);
  });

  it("asks for no receipts, and names a message that there is not", async () => {
    const { ask, calls } = testing(() => resultOf(201, new Headers(), "{}"));
    await ask("twilio", HELLO);
    await ask("alibaba", HELLO_NAMED);
    expect(calls[0]?.body).not.toContain("StatusCallback");
    expect(calls[1]?.url).toContain("t".repeat(44));
  });

  it("answers 200 whatever the carrier said, and what is known where it said nothing", async () => {
    const taken = { sid: `SM${"0".repeat(32)}`, status: "queued", num_segments: "1", error_code: null, error_message: null };
    const { ask } = testing(() => resultOf(201, new Headers(), JSON.stringify(taken)));
    expect(await ask("twilio", HELLO)).toMatchObject({ status: 200, body: { answer: { kind: "taken", reference: taken.sid } } });
    const silent = testing(() => ({ kind: "unclear", code: "timeout", detail: `asked with ${SECRET}` }));
    expect(await silent.ask("twilio", HELLO)).toMatchObject({
      status: 200,
      body: {
        answer: { kind: "unclear", code: "timeout", detail: "asked with ***" },
        response: { kind: "unclear", code: "timeout", detail: "asked with ***" },
      },
    });
    const long = testing(() => resultOf(200, new Headers(), "x".repeat(10_000)));
    expect((await long.ask("twilio", HELLO)).text.length).toBeLessThan(6_000);
  });

  it("reads the number as it would be read of a recipient", async () => {
    const { ask, calls } = testing(() => resultOf(201, new Headers(), "{}"));
    await ask("twilio", { to: " 138 0013 8000", text: "您好" });
    expect(new URLSearchParams(calls[0]?.body).get("To")).toBe(NUMBER);
  });

  it.each([
    ["twilio", { to: "12", text: "x" }, "/to"],
    ["twilio", { to: "x@example.com", text: "x" }, "/to"],
    ["twilio", { ...HELLO, channel: "email", to: "x@example.com" }, "/channel"],
    ["twilio", { to: NUMBER, text: "" }, "/text"],
    ["twilio", { to: NUMBER, text: "x".repeat(1601) }, "/text"],
    ["twilio", { to: NUMBER }, "/text"],
    ["twilio", { ...HELLO, from: "x" }, "/from"],
    ["alibaba", { to: NUMBER, text: "x" }, "/template"],
    ["alibaba", { ...HELLO, template: "SMS_1" }, "/template"],
  ])("refuses for %s %j at %s, and calls nobody", async (name, body, pointer) => {
    const { ask, calls } = testing(() => resultOf(201, new Headers(), "{}"));
    expect(await ask(name, body)).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
    expect(calls).toEqual([]);
  });

  it("says of a carrier that the catalog does not have which one is closest", async () => {
    const { ask } = testing(() => resultOf(201, new Headers(), "{}"));
    expect(await ask("twillio", HELLO)).toMatchObject({ status: 404, body: { detail: expect.stringContaining("twilio") } });
    expect(await ask("constructor", HELLO)).toMatchObject({ status: 404 });
    const bare = testing(() => resultOf(201, new Headers(), "{}"), { activeCatalog: async () => undefined });
    expect(await bare.ask("twilio", HELLO)).toMatchObject({ status: 404, body: { detail: expect.stringContaining("no carriers") } });
  });

  it("sends nothing to what is paused, or cannot be used, and says what to do", async () => {
    const pauses: Pause[] = [
      { kind: "carrier", name: "twilio", since: 0 },
      { kind: "tenant", name: "", since: 0 },
    ];
    for (const pause of pauses) {
      const { ask, calls } = testing(() => resultOf(201, new Headers(), "{}"), { listPauses: async () => [pause] });
      expect(await ask("twilio", HELLO)).toMatchObject({ status: 409, body: { detail: expect.stringContaining("DELETE /v1/pauses") } });
      expect(calls).toEqual([]);
    }
    const other: Pause[] = [
      { kind: "carrier", name: "alibaba", since: 0 },
      { kind: "notice", name: "twilio", since: 0 },
    ];
    const open = testing(() => resultOf(201, new Headers(), "{}"), { listPauses: async () => other });
    expect(await open.ask("twilio", HELLO)).toMatchObject({ status: 200 });
    const broken = testing(() => resultOf(201, new Headers(), "{}"), { carrier: () => undefined });
    expect(await broken.ask("twilio", HELLO)).toMatchObject({ status: 409, body: { detail: expect.stringContaining("GET /v1/carriers") } });
  });
});
