/** What a tenant is told who has not published yet. */
export const NO_CATALOG = "The tenant has no catalog yet. Publish one with PUT /v1/catalog.";
