import type { LaneDelivery } from "../../../src/deliver/lane-batch.ts";
import { NOTICE_CLASSES, type NoticeClass } from "../../../src/vocabulary/classes.ts";
import type { LaneMessage } from "../../../src/vocabulary/lane-message.ts";
import type { VirtualClock } from "./virtual-clock.ts";

interface Waiting {
  readonly body: string;
  readonly due: number;
  readonly attempts: number;
}

export interface LaneSettings {
  /** Batches that are worked on at once, and deliveries in each. */
  readonly consumers: number;
  readonly batch: number;
  readonly max_retries: number;
}

/** A consumer with its batch. One that has died does nothing more, and its batch comes again. */
export class Life {
  dead = false;
  readonly death: Promise<void>;
  #end: () => void = () => {};

  constructor() {
    this.death = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** What is awaited after this never comes. */
  die(): Promise<never> {
    this.dead = true;
    this.#end();
    return new Promise(() => {});
  }

  /** The step of a consumer, unless it is dead. */
  async live<Value>(step: () => Promise<Value>): Promise<Value> {
    return this.dead ? new Promise(() => {}) : step();
  }
}

/** After so long a queue hands a batch over again whose consumer has died. */
const DEAD_AGAIN_MS = 5_000;

/** Queues as the platform has them: at least once, delayed, in batches, to several consumers at once. */
export class VirtualLanes {
  readonly dead: string[] = [];
  /** The greatest number of times that one queue message was handed over. */
  attempts = 0;
  readonly #clock: VirtualClock;
  readonly #settings: LaneSettings;
  readonly #consume: (deliveries: readonly LaneDelivery[], life: Life) => Promise<void>;
  /** Whether this batch is handed over once more, though it was acked. */
  readonly #repeated: () => boolean;
  readonly #ready: Record<NoticeClass, Waiting[]> = { verification: [], transactional: [], service: [], marketing: [] };
  #delayed = 0;
  readonly #busy: Record<NoticeClass, number> = { verification: 0, transactional: 0, service: 0, marketing: 0 };

  constructor(
    clock: VirtualClock,
    settings: LaneSettings,
    consume: (deliveries: readonly LaneDelivery[], life: Life) => Promise<void>,
    repeated: () => boolean = () => false,
  ) {
    this.#clock = clock;
    this.#settings = settings;
    this.#consume = consume;
    this.#repeated = repeated;
  }

  send(message: LaneMessage, delaySeconds = 0): void {
    this.#put(message.class, { body: JSON.stringify(message), due: this.#clock.now() + delaySeconds * 1000, attempts: 1 });
  }

  /** Queue messages that wait, and batches that are worked on. */
  get length(): number {
    return NOTICE_CLASSES.reduce((sum, lane) => sum + this.#ready[lane].length + this.#busy[lane], this.#delayed);
  }

  #put(lane: NoticeClass, waiting: Waiting): void {
    this.attempts = Math.max(this.attempts, waiting.attempts);
    if (waiting.attempts > this.#settings.max_retries + 1) {
      this.dead.push(waiting.body);
      return;
    }
    this.#delayed++;
    this.#clock.at(waiting.due, () => {
      this.#delayed--;
      this.#ready[lane].push(waiting);
      this.#pump(lane);
    });
  }

  #pump(lane: NoticeClass): void {
    while (this.#busy[lane] < this.#settings.consumers) {
      const due = this.#ready[lane].splice(0, this.#settings.batch);
      if (due.length === 0) return;
      this.#busy[lane]++;
      void this.#work(lane, due).finally(() => {
        this.#busy[lane]--;
        this.#pump(lane);
      });
    }
  }

  async #work(lane: NoticeClass, batch: readonly Waiting[]): Promise<void> {
    const life = new Life();
    const retried = new Map<Waiting, number>();
    const deliveries = batch.map((waiting) => ({
      body: JSON.parse(waiting.body),
      attempts: waiting.attempts,
      ack: () => {},
      retry: ({ delaySeconds = 0 }: { readonly delaySeconds?: number } = {}) => void retried.set(waiting, delaySeconds),
    }));
    const repeated = this.#repeated();
    await Promise.race([this.#consume(deliveries, life).catch(() => life.die()), life.death]);
    for (const waiting of batch) {
      const delay = life.dead ? DEAD_AGAIN_MS / 1000 : retried.get(waiting);
      const again = { ...waiting, due: this.#clock.now() + (delay ?? 0) * 1000 };
      if (delay !== undefined) this.#put(lane, { ...again, attempts: waiting.attempts + 1 });
      else if (repeated) this.#put(lane, again);
    }
  }
}
