import { NOTICE_CLASSES, type NoticeClass } from "../vocabulary/classes.ts";
import { LANE_MESSAGE_VERSION, type LaneMessage } from "../vocabulary/lane-message.ts";
import type { Due } from "./wake.ts";

/**
 * How many ids one queue message carries, by class. Packing saves queue operations; a pack is delivered by one consumer,
 * six calls at a time, so an urgent one is small.
 */
const IDS_PER_MESSAGE: Readonly<Record<NoticeClass, number>> = { verification: 6, transactional: 12, service: 24, marketing: 24 };

/** Packs ids for their lanes, most urgent class first. */
export function laneMessagesOf(tenant: string, plans: readonly Due[]): LaneMessage[] {
  return NOTICE_CLASSES.flatMap((noticeClass) => {
    const ids = [...new Set(plans.filter((plan) => plan.class === noticeClass).map((plan) => plan.id))];
    const size = IDS_PER_MESSAGE[noticeClass];
    return Array.from({ length: Math.ceil(ids.length / size) }, (_, at) => ({
      v: LANE_MESSAGE_VERSION,
      tenant,
      class: noticeClass,
      ids: ids.slice(at * size, (at + 1) * size),
    }));
  });
}
