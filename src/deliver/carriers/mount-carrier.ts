import type { CompiledCatalog } from "../../store/compiled-catalog.ts";
import { readSecret } from "../../support/config.ts";
import { findAdapter, type MountedCarrier } from "./registry.ts";

/** Mounts carriers' accounts with their secrets, once per catalog version. */
export function carrierMounter(env: object): (tenant: string, compiled: CompiledCatalog, name: string) => MountedCarrier | undefined {
  const mounted = new WeakMap<CompiledCatalog, Map<string, MountedCarrier | undefined>>();
  return (_tenant, compiled, name) => {
    const known = mounted.get(compiled) ?? new Map<string, MountedCarrier | undefined>();
    mounted.set(compiled, known);
    if (!known.has(name)) known.set(name, mountCarrier(env, compiled, name));
    return known.get(name);
  };
}

function mountCarrier(env: object, { catalog }: CompiledCatalog, name: string): MountedCarrier | undefined {
  const { carriers = {} } = catalog;
  const carrier = Object.hasOwn(carriers, name) ? carriers[name] : undefined;
  const search = carrier && findAdapter(carrier.adapter);
  if (search?.kind !== "found") return undefined;
  const secrets = Object.entries(carrier?.secrets ?? {}).flatMap(([key, secret]) => {
    const value = readSecret(env, secret);
    return value === undefined ? [] : [[key, value] as const];
  });
  const account = {
    base_url: (carrier?.base_url ?? "").replace(/\/+$/, ""),
    settings: carrier?.settings,
    secrets: Object.fromEntries(secrets),
  };
  const mounting = search.adapter.mount(account);
  return mounting.kind === "mounted" ? mounting.carrier : undefined;
}
