/** So many connections of one invocation may wait for response headers on Cloudflare. */
export const CONNECTIONS = 6;
