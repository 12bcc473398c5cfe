import { describe, expect, it } from "vitest";
import { keepingIssues } from "../../src/accept/check-carriers.ts";

const issuesIn = (carrier: Parameters<typeof keepingIssues>[0], tells_balance = true) =>
  keepingIssues(carrier, ["carriers", "main"], { name: "pigeon", tells_balance, limits: { per_second: 10 } });

describe("A carrier's pace and balance", () => {
  it("may be a sender's pace up to the account's, which is the adapter's where the catalog has none", () => {
    expect(issuesIn({})).toEqual([]);
    expect(issuesIn({ sender_per_second: 10 })).toEqual([]);
    expect(issuesIn({ per_second: 300, sender_per_second: 300 })).toEqual([]);
  });

  it("are refused where a sender would be faster than its account", () => {
    expect(issuesIn({ sender_per_second: 11 })).toEqual([
      { pointer: "/carriers/main/sender_per_second", detail: expect.stringContaining("10 where it is left out") },
    ]);
    expect(issuesIn({ per_second: 2, sender_per_second: 3 })).toEqual([
      { pointer: "/carriers/main/sender_per_second", detail: expect.stringContaining("which is 2:") },
    ]);
  });

  it("may have a low balance only where the vendor tells it", () => {
    expect(issuesIn({ balance_low: "100 CNY" })).toEqual([]);
    expect(issuesIn({ balance_low: "100 CNY" }, false)).toEqual([
      { pointer: "/carriers/main/balance_low", detail: expect.stringContaining("pigeon does not tell its balance") },
    ]);
  });
});
