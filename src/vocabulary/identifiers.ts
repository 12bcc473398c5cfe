import * as z from "zod";

export const CALLER_ID_MAX = 255;

/** An id given by a caller: 1–255 visible characters. Spaces inside are allowed, control characters are not. */
export const callerId = z
  .string()
  .min(1, { error: "must not be empty", abort: true })
  .max(CALLER_ID_MAX, `must have at most ${CALLER_ID_MAX} characters`)
  .regex(/^[^\p{C}\p{Z}]([^\p{C}\p{Zl}\p{Zp}]*[^\p{C}\p{Z}])?$/u, "must be visible characters, without white space at its ends");

/** What people call or note something, and read in lists, `max` characters long. Terminals obey control characters: it has none. */
export const plainText = (max: number) =>
  z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(max, `must have at most ${max} characters`)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "must have no control characters, and no line breaks");

/** Tenant ids carry no separator, so that no tenant's secret names are the prefix of another's. */
export const tenantId = z.string().regex(/^[a-z0-9]{2,32}$/, "must be 2 to 32 characters of a-z and 0-9");

/** Notices, event types, carriers and steps are named by admins: letters, digits, dot, dash, underscore, also of other scripts. */
export const catalogName = z
  .string()
  .max(128, "must have at most 128 characters")
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._:/-]*$/u, "must begin with a letter or digit and hold only letters, digits and . _ : / -");

/** 128 bits in base64url: names the Recipient of a tenant without saying who it is. */
export const recipientKey = z.string().regex(/^[A-Za-z0-9_-]{22}$/);

/** A recipient's key, then 128 bits of hash over event, notice and step: who holds an id finds its Recipient without an index. */
export const messageId = z.string().regex(/^[A-Za-z0-9_-]{44}$/, "is not a message id");
