/**
 * Where a request comes from, as Cloudflare says: an IPv4 address, or the first 64 bits of an IPv6 address, since whoever has one of
 * those has all. Undefined where nobody says. It is personal: to be counted, never kept.
 */
export function clientAddressOf(request: Request): string | undefined {
  const address = request.headers.get("cf-connecting-ip")?.toLowerCase();
  if (!address?.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  const behind = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(8 - groups.length - behind.length, 0) }, () => "0");
  return `${[...groups, ...zeros, ...behind]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}
