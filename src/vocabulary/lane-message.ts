import * as z from "zod";
import { noticeClass } from "./classes.ts";
import { messageId, tenantId } from "./identifiers.ts";

export const LANE_MESSAGE_VERSION = 1;

/** Body of a lane's queue message: ids and nothing personal. One body may carry many ids of one tenant. */
export const laneMessage = z.strictObject({
  v: z.literal(LANE_MESSAGE_VERSION),
  tenant: tenantId,
  class: noticeClass,
  /** Where they wait for: this carrier's gate is asked before they are claimed. */
  carrier: z.string().max(64).optional(),
  ids: z.array(messageId).min(1).max(1000),
});
export type LaneMessage = z.infer<typeof laneMessage>;
