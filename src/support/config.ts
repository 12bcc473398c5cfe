import * as z from "zod";
import { bytesOf } from "./base64.ts";

const key = z.string().transform((text, context) => {
  const bytes = bytesOf(text);
  if (bytes.length !== 32) context.addIssue({ code: "custom", message: "must be 32 bytes in base64 (openssl rand -base64 32)" });
  return bytes;
});

const sealingKeys = z.string().transform((text, context) =>
  text.split(",").map((entry): [string, Uint8Array<ArrayBuffer>] => {
    const [id = "", secret = ""] = entry.trim().split(":");
    const bytes = bytesOf(secret);
    if (!/^[a-z0-9]{1,16}$/.test(id) || bytes.length !== 32) {
      context.addIssue({ code: "custom", message: "must be id:key[,id:key…], each id of a-z and 0-9, each key 32 bytes in base64" });
    }
    return [id, bytes];
  }),
);

/** Words of its own: those that schemas have else tell a number that is out of bounds. */
const SECONDS = "must be a whole number from 1 on";
const seconds = z.coerce.number(SECONDS).int(SECONDS).min(1, SECONDS);

/** Settings of a deployment: vars and secrets, parsed once per isolate. */
const config = z.object({
  PUBLIC_URL: z.url().transform((url) => url.replace(/\/+$/, "")),
  CARRIER_HOSTS: z.string().transform((hosts) =>
    hosts
      .split(",")
      .map((host) => host.trim())
      .filter(Boolean),
  ),
  UNKNOWN_AFTER_SECONDS: seconds,
  RECEIPT_WAIT_SECONDS: seconds,
  ROOT_KEY: z.string().min(16, "must be at least 16 characters"),
  NAMING_KEY: key,
  SEALING_KEYS: sealingKeys,
});
export type Config = z.infer<typeof config>;

/** Throws, naming what is missing or wrong but never a value: a deployment without its secrets must not run. */
export function readConfig(env: object): Config {
  const parsed = config.safeParse(env);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`the deployment is not configured: ${problems.join("; ")}`);
}

/** A secret that a catalog names; undefined where the deployment has none. */
export function readSecret(env: object, name: string): string | undefined {
  const value: unknown = Reflect.get(env, name);
  return typeof value === "string" && value !== "" ? value : undefined;
}
