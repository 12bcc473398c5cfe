import * as z from "zod";

/** RFC 3339 timestamp with an offset, as CloudEvents has it, e.g. 2026-03-01T03:50:01.424Z. */
export const instant = z.iso.datetime({ offset: true, error: "must be an RFC 3339 timestamp such as 2026-03-01T09:30:00Z" });

/** Milliseconds since 1970, the only form of time in documents and queues. */
export const milliseconds = z.number().int();
