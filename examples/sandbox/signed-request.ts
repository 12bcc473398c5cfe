/** A request as far as signatures cover it: its body as it came, byte by byte. */
export interface SignedRequest {
  method: string;
  url: URL;
  headers: Headers;
  body: Uint8Array;
}

export async function readSigned(request: Request): Promise<SignedRequest> {
  const body = new Uint8Array(await request.arrayBuffer());
  return { method: request.method, url: new URL(request.url), headers: request.headers, body };
}
