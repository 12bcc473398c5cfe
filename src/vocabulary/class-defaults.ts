import type { Catalog } from "./catalog.ts";
import type { Cap, ConsentRule, NoticeClass, OnUnclear, QuietWindow } from "./classes.ts";

export interface ClassSettings {
  readonly consent: ConsentRule;
  readonly quiet_hours: readonly QuietWindow[];
  readonly caps: readonly Cap[];
  /** ISO 8601 duration. */
  readonly ttl: string;
  readonly on_unclear: OnUnclear;
  /** ISO 8601 duration; a class without one never tries another carrier for want of a receipt. */
  readonly resend_after?: string;
}

/** What a class is where a catalog says nothing; a catalog overrides key by key. */
export const CLASS_DEFAULTS: Readonly<Record<NoticeClass, ClassSettings>> = {
  verification: { consent: "required", quiet_hours: [], caps: [], ttl: "PT5M", on_unclear: "elsewhere", resend_after: "PT20S" },
  transactional: { consent: "required", quiet_hours: [], caps: [], ttl: "P1D", on_unclear: "resend_without_receipt" },
  service: {
    consent: "opt_out",
    quiet_hours: [{ from: "22:00", to: "08:00" }],
    caps: [{ max: 10, per: "P1D", over: "suppress" }],
    ttl: "P2D",
    on_unclear: "stop",
  },
  marketing: {
    consent: "opt_in",
    quiet_hours: [{ from: "21:00", to: "08:00" }],
    caps: [{ max: 4, per: "P7D", over: "suppress" }],
    ttl: "P3D",
    on_unclear: "stop",
  },
};

/** A class as a catalog has it: what it leaves out keeps its default, lists are replaced whole. */
export function classSettingsOf(noticeClass: NoticeClass, catalog: Catalog): ClassSettings {
  const defaults = CLASS_DEFAULTS[noticeClass];
  const own = catalog.classes?.[noticeClass];
  const resendAfter = own?.resend_after ?? defaults.resend_after;
  return {
    consent: own?.consent ?? defaults.consent,
    quiet_hours: own?.quiet_hours ?? defaults.quiet_hours,
    caps: own?.caps ?? defaults.caps,
    ttl: own?.ttl ?? defaults.ttl,
    on_unclear: own?.on_unclear ?? defaults.on_unclear,
    ...(resendAfter === undefined ? {} : { resend_after: resendAfter }),
  };
}
