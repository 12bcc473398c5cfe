/** Groups of an IPv6 address that say which network it is and not whose machine. */
const NETWORK_GROUPS = 3;

/** An address of the network that shows the network alone: `203.0.113.*`, `2001:db8:7::*`. */
export function maskIp(ip: string): string {
  if (ip.includes(".")) return ip.replace(/\d+$/, "*");
  const [head = "", tail] = ip.split("::");
  const groups = head === "" ? [] : head.split(":");
  const whole = tail === undefined ? groups : [...groups, ...Array.from({ length: NETWORK_GROUPS }, () => "0")];
  return `${whole.slice(0, NETWORK_GROUPS).join(":")}::*`;
}
