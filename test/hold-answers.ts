import { type AddressInfo, connect, createServer } from "node:net";

/** Stands between a router and who asks it. */
export interface Between {
  readonly url: string;
  /** Lets no answer through from there on where `isFar` says so of what has come, and resolves when one is held; it is never let go. */
  hold(isFar: (text: string) => boolean): Promise<void>;
  close(): void;
}

/** Passes all bytes on to a router of this machine, and holds its answers when told: so it is not speed that says how far somebody comes. */
export async function standBetween(routerUrl: string): Promise<Between> {
  let isHeld: (text: string) => boolean = () => false;
  let tell: () => void = () => {};
  const server = createServer((asking) => {
    const router = connect(Number(new URL(routerUrl).port), "127.0.0.1");
    let held = false;
    asking.pipe(router);
    router.on("data", (chunk) => {
      held ||= isHeld(chunk.toString("latin1"));
      if (held) tell();
      else asking.write(chunk);
    });
    for (const [one, other] of [
      [asking, router],
      [router, asking],
    ] as const)
      one.on("error", () => other.destroy()).on("close", () => other.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold(isFar) {
      isHeld = isFar;
      return new Promise((resolve) => {
        tell = resolve;
      });
    },
    close: () => server.close(),
  };
}
