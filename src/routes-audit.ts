import { listAudit, verifyAudit } from "./accept/show-audit.ts";
import { postSealing, showSealing, showSealingOfAll } from "./accept/show-sealing.ts";
import type { Line } from "./routes-line.ts";

/** Who did what, and under which keys it rests. */
export const AUDIT_LINES: readonly Line[] = [
  { method: "GET", path: "/v1/audit", scope: "admin", handle: (request, _, { accept }, caller) => listAudit(request, caller, accept) },
  {
    method: "POST",
    path: "/v1/audit/verify",
    scope: "admin",
    handle: (request, _, { accept }, caller) => verifyAudit(request, caller, accept),
  },
  { method: "GET", path: "/v1/sealing", scope: "admin", handle: (_request, _, { accept }, caller) => showSealing(caller, accept) },
  { method: "GET", path: "/v1/tenants/sealing", scope: "open", handle: (request, _, { accept }) => showSealingOfAll(request, accept) },
  {
    method: "POST",
    path: "/v1/sealing",
    scope: "admin",
    handle: (request, _, { accept }, caller) => postSealing(request, caller, accept),
  },
];
