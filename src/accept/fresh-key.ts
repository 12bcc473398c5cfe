export interface FreshKeyDeps {
  readonly randomToken: (bytes: number) => string;
  readonly hashSecret: (secret: string) => Promise<string>;
}

/** A key that is about to be made: `text` is what its owner gets, this once. */
export interface FreshKey {
  readonly id: string;
  readonly hash: string;
  readonly text: string;
}

/** Draws a key: 96 bits of id, 256 bits of secret. */
export async function freshKey(tenant: string, deps: FreshKeyDeps): Promise<FreshKey> {
  const id = deps.randomToken(12).replaceAll("_", "-");
  const secret = deps.randomToken(32);
  return { id, hash: await deps.hashSecret(secret), text: `${prefixOf(tenant, id)}_${secret}` };
}

/** How a key begins: enough to tell it from others, and no secret. */
export function prefixOf(tenant: string, id: string): string {
  return `ck_${tenant}_${id}`;
}
