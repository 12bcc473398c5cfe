/**
 * `X-Twilio-Signature` of a form-encoded callback: base64 of HMAC-SHA1, keyed with the account's auth token, over the
 * full URL as the customer gave it, followed by each parameter's name and value in the order of the names.
 * (www.twilio.com/docs/usage/webhooks/webhooks-security; no parameter of ours repeats a name.)
 */
export async function signCallback(authToken: string, url: string, params: readonly (readonly [string, string])[]): Promise<string> {
  const sorted = [...params].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const signed = url + sorted.map(([name, value]) => name + value).join("");
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-1" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(authToken), algorithm, false, ["sign"]);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(signed)));
  return btoa(String.fromCharCode(...mac));
}
