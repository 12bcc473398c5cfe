import type { OutgoingText } from "../../../src/deliver/carriers/adapter.ts";
import type { MountedCarrier } from "../../../src/deliver/carriers/registry.ts";
import type { CarrierAnswer, CarrierLimits, CarrierReceipt } from "../../../src/vocabulary/carrier.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** What a carrier does with one message. */
export interface Treatment {
  /** Whether the handset gets it. */
  readonly arrives: boolean;
  readonly answer: CarrierAnswer;
  /** How long the call takes; one that takes longer than its caller waits is unclear. */
  readonly ms?: number;
  /** When its delivered receipt comes after the call began; left out where none comes. */
  readonly receipt_after_ms?: number;
}

/** A text on a handset. */
export interface Arrived {
  readonly message: string;
  readonly carrier: string;
  readonly channel: string;
  readonly at: number;
}

const LIMITS: CarrierLimits = {
  channels: ["sms", "rcs"],
  text_max_units: 1600,
  per_second: 1000,
  needs_template: false,
  recipients_per_call: 1,
  call_deadline_ms: 10_000,
  keeps_reference: false,
  adds_signature: false,
};

let references = 0;

export const TAKEN: Treatment = { arrives: true, answer: { kind: "taken" }, ms: 50, receipt_after_ms: 2_000 };

/** A carrier with handsets behind it. It keeps no idempotency key, as none does: what is put there twice arrives twice. */
type Receiver = (message: string, receipt: CarrierReceipt & { readonly carrier: string; readonly attempt: number }) => void;

export class VirtualCarrier {
  readonly calls: { readonly message: string; readonly at: number }[] = [];
  readonly handsets: Arrived[] = [];
  treat: (text: OutgoingText) => Treatment = () => TAKEN;
  readonly #name: string;
  readonly #clock: VirtualClock;
  readonly #receipt: Receiver;

  constructor(name: string, clock: VirtualClock, receipt: Receiver) {
    this.#name = name;
    this.#clock = clock;
    this.#receipt = receipt;
  }

  /** As a consumer sees it; `afterCall` is where consumers may die. */
  mounted(afterCall: () => Promise<void> = async () => {}, limits: Partial<CarrierLimits> = {}): MountedCarrier {
    return {
      limits: { ...LIMITS, ...limits },
      acknowledgement: { status: 200, body: "", content_type: "text/plain" },
      send: async (text, outgoing) => {
        const answer = await this.#take(text, outgoing);
        await afterCall();
        return answer;
      },
      verifyCallback: async () => "unsigned",
      readReceipts: () => ({ kind: "receipts", receipts: [] }),
    };
  }

  async #take(text: OutgoingText, outgoing: Parameters<MountedCarrier["send"]>[1]): Promise<CarrierAnswer> {
    const at = this.#clock.now();
    this.calls.push({ message: text.message, at });
    const { arrives, answer, ms = 50, receipt_after_ms } = this.treat(text);
    const reference = `SM${++references}`;
    if (arrives) this.handsets.push({ message: text.message, carrier: this.#name, channel: text.channel, at });
    const attempt = Number(new URL(text.callback_url ?? "").searchParams.get("a"));
    if (receipt_after_ms !== undefined) {
      this.#clock.at(at + receipt_after_ms, () =>
        this.#receipt(text.message, { status: "delivered", reference, carrier: this.#name, attempt }),
      );
    }
    // The door says how long a call may take, as it would to an adapter.
    const waited = await outgoing({ method: "POST", url: String(ms), headers: {} }, LIMITS.call_deadline_ms);
    if (waited.kind === "unclear") return { kind: "unclear", code: waited.code };
    return answer.kind === "taken" ? { ...answer, reference } : answer;
  }
}
