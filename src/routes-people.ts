import { deleteBlock, putBlock } from "./accept/change-blocks.ts";
import { exportPreferences } from "./accept/export-preferences.ts";
import { listBlocks } from "./accept/list-blocks.ts";
import { putPreferences } from "./accept/put-preferences.ts";
import { putRecipient } from "./accept/put-recipient.ts";
import { showPreferences } from "./accept/show-preferences.ts";
import type { Line } from "./routes-line.ts";

/** Recipients and what they want. */
export const PEOPLE_LINES: readonly Line[] = [
  {
    method: "PUT",
    path: "/v1/recipients/:id",
    scope: "admin",
    handle: (request, { id = "" }, { accept }, caller) => putRecipient(request, id, caller, accept),
  },
  {
    method: "PUT",
    path: "/v1/recipients/:id/preferences",
    scope: "admin",
    handle: (request, { id = "" }, { accept }, caller) => putPreferences(request, id, caller, accept),
  },
  {
    method: "GET",
    path: "/v1/recipients/:id/preferences",
    scope: "read",
    handle: (request, { id = "" }, { accept }, caller) => showPreferences(request, id, caller, accept),
  },
  {
    method: "GET",
    path: "/v1/preferences/export",
    scope: "admin",
    handle: (_request, _, { accept }, caller) => exportPreferences(caller, accept),
  },
  { method: "PUT", path: "/v1/blocks", scope: "admin", handle: (request, _, { accept }, caller) => putBlock(request, caller, accept) },
  { method: "GET", path: "/v1/blocks", scope: "read", handle: (request, _, { accept }, caller) => listBlocks(request, caller, accept) },
  {
    method: "DELETE",
    path: "/v1/blocks",
    scope: "admin",
    handle: (request, _, { accept }, caller) => deleteBlock(request, caller, accept),
  },
];
