import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";

// Files share one workerd, which takes seconds to start. Each begins with empty storage, and with modules, and so caches, of its own.
vi.resetModules();
await reset();
await applyD1Migrations(env.DB, env.MIGRATIONS);
