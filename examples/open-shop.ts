import { join } from "node:path";
import { z } from "zod";
import { loadCatalog } from "../src/cli-files.ts";
import { type Local, LocalProblem } from "./local.ts";
import { keepLocalKeys } from "./local-keys.ts";
import { routerClient } from "./router-client.ts";
import { PROJECT_FOLDER } from "./wrangler-process.ts";

export const SHOP_FOLDER = join(PROJECT_FOLDER, "examples/shop");
const TENANT = { id: "shop", name: "鲸落商城" };

const loose = z.looseObject({});
const shopCatalog = z.looseObject({
  carriers: z.looseObject({ main: z.looseObject({ base_url: z.string() }) }),
  classes: z.record(z.string(), loose),
  notices: z.record(z.string(), z.looseObject({ class: z.string(), digest: loose.optional() })),
});
type ShopCatalog = z.infer<typeof shopCatalog>;

function readShopCatalog(): ShopCatalog {
  return shopCatalog.parse(loadCatalog(SHOP_FOLDER).value);
}

/** What is gathered for hours of the day is gathered for so long where the day is played in seconds. */
const PLAYED_DIGEST = "PT3S";

/** The shop's catalog with its carrier at the given address. `awake`: for a day that is played in seconds, without hours of silence. */
export function shopCatalogAt(carrierUrl: string, awake = false): ShopCatalog {
  const catalog = readShopCatalog();
  catalog.carriers.main.base_url = carrierUrl;
  if (!awake) return catalog;
  const classes = Object.fromEntries(["service", "marketing"].map((name) => [name, { ...catalog.classes[name], quiet_hours: [] }]));
  const notices = Object.entries(catalog.notices).map(([name, { quiet_hours: _, ...notice }]) => {
    const digest = notice.digest && { digest: { ...notice.digest, window: PLAYED_DIGEST } };
    return [name, { ...notice, ...digest }];
  });
  return { ...catalog, classes: { ...catalog.classes, ...classes }, notices: Object.fromEntries(notices) };
}

/** Whether a notice may be sent a second time after an unclear call: by its class, since the shop overrides nothing there. */
export function mayResend(): (notice: string) => boolean {
  const { notices } = readShopCatalog();
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
  await router.publishCatalog(key, shopCatalogAt(local.sandbox.url, awake));
  return key;
}
