import { join } from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const root = join(import.meta.dirname, "..");
const at = (path: string): string => join(import.meta.dirname, path);

/** The long forms of `npm run soak` take as long as they take. */
const PATIENCE_MS = process.env.SOAK ? 3_600_000 : 60_000;

/** A process or a workerd for each file would cost more than all tests together; files share them. `workers` begin afresh by start-afresh.ts. */
const isolate = false;

/** `pure` runs in node, end-to-end tests among it; `workers` (files named *.worker.test.ts) runs inside workerd. */
export default defineConfig({
  test: {
    root,
    // End-to-end tests mostly wait: three files for two cores, where vitest would leave a core free.
    maxWorkers: "150%",
    reporters: ["default", at("./totals-reporter.ts")],
    projects: [
      {
        root,
        test: {
          name: "pure",
          isolate,
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.worker.test.ts"],
          testTimeout: PATIENCE_MS,
          hookTimeout: 60_000,
        },
      },
      {
        root,
        plugins: [
          cloudflareTest(async () => ({
            main: at("./worker.ts"),
            wrangler: { configPath: at("../wrangler.toml") },
            miniflare: {
              bindings: {
                // `npm run soak` runs the long forms: the numbers as they are asked, not a twentieth.
                SOAK: process.env.SOAK ?? "",
                MIGRATIONS: await readD1Migrations(at("../migrations")),
                PUBLIC_URL: "https://carillon.example",
                ROOT_KEY: "root-key-of-the-tests",
                NAMING_KEY: Buffer.alloc(32, 1).toString("base64"),
                SEALING_KEYS: `k1:${Buffer.alloc(32, 2).toString("base64")}`,
                CARRIER_SHOP_TWILIO: "fakeAuthToken0000000000000000001",
                CARRIER_OTHER_TWILIO: "fakeAuthToken0000000000000000002",
                CARRIER_THIRD_TWILIO: "fakeAuthToken0000000000000000003",
              },
            },
          })),
        ],
        test: {
          name: "workers",
          isolate,
          include: ["test/**/*.worker.test.ts"],
          setupFiles: [at("./start-afresh.ts")],
          testTimeout: PATIENCE_MS,
        },
      },
    ],
  },
});
