import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { type Local, LocalProblem } from "./local.ts";
import { keepLocalKeys } from "./local-keys.ts";
import { routerClient } from "./router-client.ts";
import { PROJECT_FOLDER } from "./wrangler-process.ts";

export const SHOP_FOLDER = join(PROJECT_FOLDER, "examples/shop");
const TENANT = { id: "shop", name: "鲸落商城" };

const shopCatalog = z.looseObject({
  carriers: z.looseObject({ main: z.looseObject({ base_url: z.string() }) }),
  classes: z.record(z.string(), z.looseObject({})),
  notices: z.record(z.string(), z.looseObject({ class: z.string() })),
});

async function readShopCatalog() {
  return shopCatalog.parse(parse(await readFile(join(SHOP_FOLDER, "catalog.yaml"), "utf8")));
}

/** The shop's catalog with its carrier at the given address. `awake`: without hours of silence, for a day that is played in seconds. */
export async function shopCatalogAt(carrierUrl: string, awake = false): Promise<unknown> {
  const catalog = await readShopCatalog();
  catalog.carriers.main.base_url = carrierUrl;
  if (!awake) return catalog;
  const classes = Object.fromEntries(["service", "marketing"].map((name) => [name, { ...catalog.classes[name], quiet_hours: [] }]));
  return { ...catalog, classes: { ...catalog.classes, ...classes } };
}

/** Whether a notice may be sent a second time after an unclear call: by its class, since the shop overrides nothing there. */
export async function mayResend(): Promise<(notice: string) => boolean> {
  const { notices } = await readShopCatalog();
  return (notice) => ["verification", "transactional"].includes(notices[notice]?.class ?? "");
}

/** Makes the tenant, or takes up the one that the state holds, and publishes its catalog. Returns the tenant's admin key. */
export async function openShop(local: Local, stateFolder: string, awake = false): Promise<string> {
  const router = routerClient(local.router.url);
  const made = await router.createTenant(local.keys.root_key, TENANT.id, TENANT.name);
  if (made !== undefined) {
    local.keys.tenants[TENANT.id] = made;
    await keepLocalKeys(stateFolder, local.keys);
  }
  const key = local.keys.tenants[TENANT.id];
  if (key === undefined) throw new LocalProblem(`the key of tenant ${TENANT.id} is lost; delete ${stateFolder} to begin anew`);
  await router.publishCatalog(key, await shopCatalogAt(local.sandbox.url, awake));
  // Local queues live in memory: what waited in them when they ended is put back.
  await router.recover(key);
  return key;
}
