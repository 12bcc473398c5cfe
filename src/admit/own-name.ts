/** A Recipient by its object's own name, which is tenant/key. Throws where it has none: it was not asked for by name. */
export function ownName(name: string | undefined): { readonly tenant: string; readonly key: string } {
  const [tenant, key] = name?.split("/") ?? [];
  if (tenant === undefined || key === undefined) throw new Error("a Recipient has no name of its own");
  return { tenant, key };
}
