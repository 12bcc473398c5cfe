import { mkdtemp, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LocalProblem, startLocal } from "../../examples/local.ts";
import { keepLocalKeys, loadLocalKeys } from "../../examples/local-keys.ts";
import { freePort, portIsFree } from "../../examples/ports.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "carillon-test-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("startLocal", () => {
  it("says in one line that a port is in use, and starts nothing", async () => {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    const starting = startLocal({ stateFolder: folder, routerPort: port });
    await expect(starting).rejects.toThrow(LocalProblem);
    await expect(starting).rejects.toThrow(`port ${port} for the router is in use; end what listens there or choose another port`);
    await new Promise((resolve) => server.close(resolve));
    expect(await portIsFree(port)).toBe(true);
  });
});

describe("the local keys", () => {
  it("are drawn once and kept with the state, for their owner only", async () => {
    const drawn = await loadLocalKeys(folder);
    await keepLocalKeys(folder, { ...drawn, tenants: { shop: "key" } });
    expect(await loadLocalKeys(folder)).toEqual({ ...drawn, tenants: { shop: "key" } });
    expect((await stat(join(folder, "keys.json"))).mode & 0o777).toBe(0o600);
  });

  it("are 32 bytes where the router wants 32 bytes", async () => {
    const { naming_key, sealing_keys } = await loadLocalKeys(folder);
    expect(Buffer.from(naming_key, "base64")).toHaveLength(32);
    expect(Buffer.from(sealing_keys.replace(/^k1:/, ""), "base64")).toHaveLength(32);
  });
});
