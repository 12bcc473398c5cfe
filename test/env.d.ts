/// <reference types="@cloudflare/vitest-plugin/types" />
/// <reference types="vite/client" />

declare namespace Cloudflare {
  interface Env {
    /** Not empty in `npm run soak`. */
    readonly SOAK: string;
    readonly MIGRATIONS: import("cloudflare:test").D1Migration[];
  }
}
