import { Agent, createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import Dysms from "@alicloud/dysmsapi20170525";
import { $OpenApiUtil } from "@alicloud/openapi-core";
import { sms } from "tencentcloud-sdk-nodejs";
import twilio from "twilio";
import { freePort } from "../../examples/ports.ts";
import { endOfLog, startWrangler, type WranglerProcess } from "../../examples/wrangler-process.ts";

const PATIENCE_MS = 45_000;
const LOOK_EVERY_MS = 10;

export interface Sandbox {
  url: string;
  process: WranglerProcess;
  /** A call to the control API; throws when it is not answered with 2xx. */
  control(method: string, path: string, body?: unknown): Promise<unknown>;
}

/** Starts the sandbox under `wrangler dev` on a free port; `state` is a folder that outlives it. */
export async function startSandbox(state: string, vars: Readonly<Record<string, string>> = {}): Promise<Sandbox> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ["dev", "--config", "examples/sandbox/wrangler.toml", "--ip", "127.0.0.1", "--port", String(port)];
  args.push("--persist-to", state, "--inspector-port", "0", "--show-interactive-dev-session=false");
  for (const [name, value] of Object.entries(vars)) args.push("--var", `${name}:${value}`);
  const process = startWrangler(args, join(state, "sandbox.log"));
  let hasEnded = false;
  void process.exited.then(() => {
    hasEnded = true;
  });
  await until(async () => {
    if (hasEnded) throw new Error(`the sandbox ended:\n${endOfLog(process.log)}`);
    return (await fetch(`${url}/healthz`).catch(() => undefined))?.ok === true;
  });
  return { url, process, control: (method, path, body) => callControl(`${url}/control/${path}`, method, body) };
}

async function callControl(url: string, method: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** The vendor's own client, whose calls go to the sandbox. */
export function sandboxSdk(url: string, user: string, password: string, accountSid = user): twilio.Twilio {
  class SandboxClient extends twilio.RequestClient {
    override request: twilio.RequestClient["request"] = (options) =>
      super.request({ ...options, uri: options.uri.replace("https://api.twilio.com", url) });
  }
  return twilio(user, password, { accountSid, httpClient: new SandboxClient() });
}

/** Likewise of Alibaba Cloud SMS. */
export function alibabaSdk(url: string, accessKeyId: string, accessKeySecret: string): Dysms {
  const { host: endpoint } = new URL(url);
  return new Dysms(new $OpenApiUtil.Config({ accessKeyId, accessKeySecret, endpoint, protocol: "http" }));
}

/** Likewise of Tencent Cloud SMS. It takes the service that it signs for from the first label of its endpoint, so that must be `sms`. */
export function tencentSdk(url: string, secretId: string, secretKey: string): TencentSms {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ lookup: (_host, _options, found) => found(null, [{ address: hostname, family: 4 }]) });
  const profile = { httpProfile: { endpoint: `sms.localhost:${port}`, protocol: "http://", agent } };
  return new sms.v20210111.Client({ credential: { secretId, secretKey }, region: "ap-guangzhou", profile });
}
export type TencentSms = InstanceType<typeof sms.v20210111.Client>;

/** A callback as its receiver saw it. */
export interface Callback {
  url: string;
  body: string;
  /** Of a form. */
  params: Record<string, string>;
  signature: string;
}

export interface Receiver {
  /** Base of the addresses to give as StatusCallback. */
  url: string;
  /** What came to a path, in the order in which it came. */
  at(path: string): Callback[];
  /** Answer to all further posts; 200 without a body from the start. */
  answerWith(status: number, body?: unknown): void;
  close(): Promise<void>;
}

/** Somebody who takes status callbacks. */
export async function startReceiver(): Promise<Receiver> {
  const callbacks: Callback[] = [];
  let answer = { status: 200, body: "" };
  let url = "";
  const server = createServer(async (request, response) => {
    const body = await readBody(request);
    callbacks.push({
      url: `${url}${request.url}`,
      body,
      params: Object.fromEntries(new URLSearchParams(body)),
      signature: String(request.headers["x-twilio-signature"]),
    });
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    at: (path) => callbacks.filter((callback) => callback.url.startsWith(`${url}${path}`)),
    answerWith: (status, body) => {
      answer = { status, body: body === undefined ? "" : JSON.stringify(body) };
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  return body;
}

/** Waits for something that must come; fails after 45 seconds, which only a broken machine needs. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`waited ${PATIENCE_MS} ms in vain for ${isSo}`);
    await pause(LOOK_EVERY_MS);
  }
}
