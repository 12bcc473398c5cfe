import { putRecipient } from "./accept/put-recipient.ts";
import type { Line } from "./routes-line.ts";

/** Recipients and what they want. */
export const PEOPLE_LINES: readonly Line[] = [
  {
    method: "PUT",
    path: "/v1/recipients/:id",
    scope: "admin",
    handle: (request, { id = "" }, { accept }, caller) => putRecipient(request, id, caller, accept),
  },
];
