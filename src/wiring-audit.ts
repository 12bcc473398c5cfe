import type { Parts } from "./parts.ts";
import { hashOfRow } from "./store/audit-chain.ts";
import { listAudit, readChainPage } from "./store/audit-pages.ts";
import type { AcceptWiring } from "./wiring-needs.ts";

/** The audit as people see and verify it. */
export function wireAudit({ naming, configuration, audit }: Parts) {
  return {
    audit: (tenant, entries) => audit.append(tenant, entries),
    listAudit: (tenant, filter, before, limit) => listAudit(configuration, tenant, filter, before, limit),
    readChainPage: (tenant, after, limit, noted) => readChainPage(configuration, tenant, after, limit, noted),
    rowHash: (tenant, before, row) => hashOfRow(naming, tenant, before, row),
  } satisfies Partial<AcceptWiring>;
}
