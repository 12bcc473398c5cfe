import { activateCatalog } from "./accept/activate-catalog.ts";
import { createKey, revokeKey, rotateKey } from "./accept/change-keys.ts";
import { deletePause, listPauses, postPause } from "./accept/change-pauses.ts";
import { createRootKey } from "./accept/create-root-key.ts";
import { createTenant } from "./accept/create-tenant.ts";
import { listKeys } from "./accept/list-keys.ts";
import { patchNotice } from "./accept/patch-notice.ts";
import { postPreview } from "./accept/post-preview.ts";
import { postSimulation } from "./accept/post-simulation.ts";
import { postCheck, putCatalog } from "./accept/put-catalog.ts";
import { showCarriers } from "./accept/show-carriers.ts";
import { listCatalogVersions, showCatalog } from "./accept/show-catalog.ts";
import { testCarrier } from "./accept/test-carrier.ts";
import type { Line } from "./routes-line.ts";

/** Tenants, keys, catalogs, carriers and what is paused. */
export const ADMINISTRATION_LINES: readonly Line[] = [
  { method: "POST", path: "/v1/tenants", scope: "open", handle: (request, _, { accept }) => createTenant(request, accept) },
  {
    method: "POST",
    path: "/v1/tenants/:id/keys",
    scope: "open",
    handle: (request, { id = "" }, { accept }) => createRootKey(request, id, accept),
  },
  { method: "GET", path: "/v1/keys", scope: "admin", handle: (request, _, { accept }, caller) => listKeys(request, caller, accept) },
  { method: "POST", path: "/v1/keys", scope: "admin", handle: (request, _, { accept }, caller) => createKey(request, caller, accept) },
  {
    method: "POST",
    path: "/v1/keys/:id/rotate",
    scope: "admin",
    handle: (request, { id = "" }, { accept }, caller) => rotateKey(request, id, caller, accept),
  },
  {
    method: "DELETE",
    path: "/v1/keys/:id",
    scope: "admin",
    handle: (_request, { id = "" }, { accept }, caller) => revokeKey(id, caller, accept),
  },
  { method: "GET", path: "/v1/catalog", scope: "read", handle: (request, _, { accept }, caller) => showCatalog(request, caller, accept) },
  { method: "PUT", path: "/v1/catalog", scope: "admin", handle: (request, _, { accept }, caller) => putCatalog(request, caller, accept) },
  {
    method: "PATCH",
    path: "/v1/catalog/notices/:name",
    scope: "admin",
    handle: (request, { name = "" }, { accept }, caller) => patchNotice(request, name, caller, accept),
  },
  {
    method: "GET",
    path: "/v1/catalog/versions",
    scope: "read",
    handle: (request, _, { accept }, caller) => listCatalogVersions(request, caller, accept),
  },
  {
    method: "POST",
    path: "/v1/catalog/activate",
    scope: "admin",
    handle: (request, _, { accept }, caller) => activateCatalog(request, caller, accept),
  },
  {
    method: "POST",
    path: "/v1/catalog/check",
    scope: "admin",
    handle: (request, _, { accept }, caller) => postCheck(request, caller, accept),
  },
  {
    method: "POST",
    path: "/v1/simulations",
    scope: "admin",
    handle: (request, _, { accept }, caller) => postSimulation(request, caller, accept),
  },
  {
    method: "POST",
    path: "/v1/templates/preview",
    scope: "admin",
    handle: (request, _, { accept }, caller) => postPreview(request, caller, accept),
  },
  { method: "GET", path: "/v1/pauses", scope: "admin", handle: (_request, _, { accept }, caller) => listPauses(caller, accept) },
  { method: "POST", path: "/v1/pauses", scope: "admin", handle: (request, _, { accept }, caller) => postPause(request, caller, accept) },
  {
    method: "DELETE",
    path: "/v1/pauses",
    scope: "admin",
    handle: (request, _, { accept }, caller) => deletePause(request, caller, accept),
  },
  { method: "GET", path: "/v1/carriers", scope: "read", handle: (_request, _, { accept }, caller) => showCarriers(caller, accept) },
  {
    method: "POST",
    path: "/v1/carriers/:name/test",
    scope: "admin",
    handle: (request, { name = "" }, { accept }, caller) => testCarrier(request, name, caller, accept),
  },
];
