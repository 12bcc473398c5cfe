import { describe, expect, it } from "vitest";
import { addressFor } from "../../src/admit/addresses-of.ts";
import { reachableBy, suppressedBy } from "../../src/admit/consent.ts";
import { ID } from "../settle/messages.ts";
import { OneMessage } from "./one-message.ts";

const two = (): OneMessage => {
  const one = new OneMessage({}, ["sms"]);
  const { profile } = one.document;
  if (profile) one.document = { ...one.document, profile: { ...profile, more_addresses: { sms: [{ sealed: "k1.x.z", hash: "second" }] } } };
  return one;
};
const REFUSED = { kind: "refused", because: "recipient", code: "21610" } as const;

describe("Several addresses of a channel", () => {
  it("have messages go to the preferred one, and to the next once a carrier has refused it", () => {
    const one = two();
    const { n, address } = one.send(1_000);
    expect(address.hash).toBe("sms");
    one.answer(1_500, n, REFUSED);
    expect(one.document.profile).toMatchObject({ revision: 2, addresses: { sms: { hash: "sms", suppressed: "21610" } } });
    expect(addressFor(one.document.profile, "sms")?.hash).toBe("second");
    expect([reachableBy(one.document), suppressedBy(one.document)]).toEqual([new Set(["sms"]), new Set()]);
  });

  it("have the one marked that was called, though the other is preferred by now", () => {
    const one = two();
    const { n } = one.send(1_000);
    const { profile } = one.document;
    if (profile)
      one.document = {
        ...one.document,
        profile: {
          ...profile,
          addresses: { sms: { sealed: "k1.x.z", hash: "second" } },
          more_addresses: { sms: [{ sealed: "k1.x.y", hash: "sms" }] },
        },
      };
    one.tell(1_500, { kind: "answer", id: ID, n, answer: REFUSED, carrier: "main", untried: 0, open: 1 });
    expect(one.document.profile?.more_addresses?.sms).toEqual([{ sealed: "k1.x.y", hash: "sms", suppressed: "21610" }]);
    expect(addressFor(one.document.profile, "sms")?.hash).toBe("second");
  });

  it("are suppressed as a channel when carriers have refused all of them", () => {
    const suppressed = { sealed: "k1.x.y", suppressed: "21610" };
    const one = two();
    const { profile } = one.document;
    if (!profile) throw new Error("there is somebody");
    const document = {
      ...one.document,
      profile: { ...profile, addresses: { sms: { ...suppressed, hash: "a" } }, more_addresses: { sms: [{ ...suppressed, hash: "b" }] } },
    };
    expect([reachableBy(document), suppressedBy(document)]).toEqual([new Set(), new Set(["sms"])]);
  });
});
