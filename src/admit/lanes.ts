import type { NoticeClass } from "../vocabulary/classes.ts";
import type { LaneMessage } from "../vocabulary/lane-message.ts";
import { laneMessagesOf } from "./lane-messages.ts";
import { ownName } from "./own-name.ts";
import type { Due } from "./wake.ts";

/** The lanes as a Recipient reaches them. */
export interface Lanes {
  /** `name` is the object's own, tenant/key. Resolves when the queues have all ids. */
  enqueue(name: string | undefined, due: readonly Due[]): Promise<void>;
}

/** The queue of each class. */
export function queuesOf(env: Env): Readonly<Record<NoticeClass, Queue<LaneMessage>>> {
  return {
    verification: env.LANE_VERIFICATION,
    transactional: env.LANE_TRANSACTIONAL,
    service: env.LANE_SERVICE,
    marketing: env.LANE_MARKETING,
  };
}

export function lanesOf(env: Env): Lanes {
  const queues = queuesOf(env);
  return {
    async enqueue(name, due) {
      if (due.length === 0) return;
      const { tenant } = ownName(name);
      for (const message of laneMessagesOf(tenant, due)) await queues[message.class].send(message);
    },
  };
}
