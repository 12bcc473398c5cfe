import { deleteBlock, putBlock } from "./accept/change-blocks.ts";
import { eraseRecipient } from "./accept/erase-recipient.ts";
import { exportPreferences } from "./accept/export-preferences.ts";
import { exportRecipients } from "./accept/export-recipients.ts";
import { importPreferences } from "./accept/import-preferences.ts";
import { importRecipients } from "./accept/import-recipients.ts";
import { listBlocks } from "./accept/list-blocks.ts";
import { patchRecipient } from "./accept/patch-recipient.ts";
import { putPreferences } from "./accept/put-preferences.ts";
import { putRecipient } from "./accept/put-recipient.ts";
import { showPreferences } from "./accept/show-preferences.ts";
import { listRecipients, showRecipient } from "./accept/show-recipients.ts";
import type { Line } from "./routes-line.ts";

/** Recipients and what they want. `export` comes before ids: a recipient of that name is asked for as `%65xport`. */
export const RECIPIENT_LINES: readonly Line[] = [
  {
    method: "GET",
    path: "/v1/recipients",
    scope: "read",
    handle: (request, _, { accept }, caller) => listRecipients(request, caller, accept),
  },
  {
    method: "GET",
    path: "/v1/recipients/export",
    scope: "admin",
    handle: (request, _, { accept }, caller) => exportRecipients(request, caller, accept),
  },
  {
    method: "POST",
    path: "/v1/recipients/import",
    scope: "admin",
    handle: (request, _, { accept }, caller) => importRecipients(request, caller, accept),
  },
  {
    method: "GET",
    path: "/v1/recipients/:id",
    scope: "read",
    handle: (request, { id = "" }, { accept }, caller) => showRecipient(request, id, caller, accept),
  },
  {
    method: "PUT",
    path: "/v1/recipients/:id",
    scope: "admin",
    handle: (request, { id = "" }, { accept }, caller) => putRecipient(request, id, caller, accept),
  },
  {
    method: "PATCH",
    path: "/v1/recipients/:id",
    scope: "admin",
    handle: (request, { id = "" }, { accept }, caller) => patchRecipient(request, id, caller, accept),
  },
  {
    method: "DELETE",
    path: "/v1/recipients/:id",
    scope: "admin",
    handle: (_request, { id = "" }, { accept }, caller) => eraseRecipient(id, caller, accept),
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
    handle: (request, _, { accept }, caller) => exportPreferences(request, caller, accept),
  },
  {
    method: "POST",
    path: "/v1/preferences/import",
    scope: "admin",
    handle: (request, _, { accept }, caller) => importPreferences(request, caller, accept),
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
