import { createServer } from "node:net";

/** A port of the loopback address that nobody listens on now. Another process may take it before it is used. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("a listener has no port");
  return address.port;
}

/** Whether a listener could be opened: on the loopback address, and on all of them, since some systems let both stand side by side. */
export async function portIsFree(port: number): Promise<boolean> {
  return (await canListen(port, "127.0.0.1")) && (await canListen(port, "0.0.0.0"));
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** Waits for a port that its last owner is just giving back. */
export async function waitForFreePort(port: number, patienceMs: number): Promise<boolean> {
  const until = Date.now() + patienceMs;
  while (!(await portIsFree(port))) {
    if (Date.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}
