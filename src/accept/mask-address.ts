import { parsePhoneNumber } from "../support/phone-numbers.ts";
import type { Channel } from "../vocabulary/classes.ts";

const HIDDEN = "***";

/**
 * An address as people see it who may not see it whole: enough to recognize one that they know, too little to write to it. Numbers of
 * mainland China as 138****8000, others as +1415***2671; e-mail as z***@example.com; of other channels' addresses the first few signs.
 */
export function maskAddress(channel: Channel, address: string): string {
  switch (channel) {
    case "sms":
    case "rcs":
      return maskNumber(address);
    case "email": {
      const at = address.lastIndexOf("@");
      return `${firstOf(address.slice(0, at), 1)}${HIDDEN}${address.slice(at)}`;
    }
    case "push":
    case "chat":
    case "inbox":
      return `${firstOf(address, Math.min(4, Math.floor(address.length / 3)))}${HIDDEN}`;
  }
}

/** At least three digits are hidden, of however few. */
function maskNumber(address: string): string {
  const { countryCallingCode = "", nationalNumber: national = address } = parsePhoneNumber(address) ?? {};
  if (countryCallingCode === "86" && national.length === 11) return `${national.slice(0, 3)}****${national.slice(-4)}`;
  const head = Math.min(3, Math.floor(national.length * 0.3));
  const tail = Math.max(0, Math.min(4, Math.floor(national.length * 0.4), national.length - head - 3));
  return `${countryCallingCode === "" ? "" : `+${countryCallingCode}`}${national.slice(0, head)}${HIDDEN}${tail === 0 ? "" : national.slice(-tail)}`;
}

function firstOf(text: string, count: number): string {
  return [...text].slice(0, count).join("");
}
