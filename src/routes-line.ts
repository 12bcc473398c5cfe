import type { Caller } from "./accept/authenticate.ts";
import type { KeyScope } from "./store/keys.ts";
import type { Wiring } from "./wiring.ts";

/** One line of the URL table. `scope`: what the key must have; `open`: the handler checks the caller by itself. */
export interface Line {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly scope: KeyScope | "open";
  /** The handler keeps to the notices that a key may be limited to. Other addresses are closed to such keys. */
  readonly byNotice?: true;
  readonly handle: (
    request: Request,
    parameters: Readonly<Record<string, string>>,
    wiring: Wiring,
    caller: Caller,
  ) => Promise<Response> | Response;
}
