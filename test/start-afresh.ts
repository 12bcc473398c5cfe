import { applyD1Migrations, reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { takeUsed } from "./used-objects.ts";

/** `reset` empties objects that are awake, and who has been idle for ten seconds is put to sleep: fewer are woken than that takes. */
const WOKEN_AT_ONCE = 200;

// Files share one workerd, which takes seconds to start. Each begins with empty storage, and with modules, and so caches, of its own.
const objects = takeUsed();
do {
  await Promise.all(objects.splice(0, WOKEN_AT_ONCE).map(([namespace, id]) => runInDurableObject(env[namespace].get(id), () => {})));
  await env.DB.prepare("SELECT 1").run();
  await reset();
} while (objects.length > 0);
takeUsed();
vi.resetModules();
await applyD1Migrations(env.DB, env.MIGRATIONS);
