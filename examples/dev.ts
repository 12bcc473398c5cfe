import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { holdFolder } from "./hold-folder.ts";
import { keepRunning } from "./keep-running.ts";
import { type Local, LocalProblem, type LocalWorker, startLocal } from "./local.ts";
import { lookAfterWaiting } from "./look-after-waiting.ts";
import { openShop } from "./open-shop.ts";
import { routerClient } from "./router-client.ts";
import { runEntry } from "./run-entry.ts";
import { sayWhenSilent } from "./watch-worker.ts";
import { endOfLog, PROJECT_FOLDER } from "./wrangler-process.ts";

const USAGE = "npm run dev -- [state folder] [--port 8787] [--sandbox-port 8788]";

/** What a person needs who has just started it: addresses, the key, one line to try and where to look. */
function words(local: Local, key: string, stateFolder: string): string {
  const event = {
    source: "/hello",
    type: "order.shipped",
    recipients: [{ id: "me", addresses: { sms: "+8613800000000" }, locale: "zh-CN" }],
    data: { order_id: "D1", tracking: "JL20261111", eta: "2026-11-13" },
  };
  // The shell puts another id into each call; the same one would be the same message.
  const body = JSON.stringify(event).replace("{", `{"id":"'$(date +%s)'",`);
  return `
router    ${local.router.url}
sandbox   ${local.sandbox.url}   (a carrier that sends nothing anywhere)
key       ${key}
state     ${stateFolder}   (logs too; delete it to begin anew)

Post an event:

curl -s ${local.router.url}/v1/events -H 'authorization: Bearer ${key}' -H 'content-type: application/json' -d '${body}'

See the handset: ${local.sandbox.url}/phones/+8613800000000   (all: ${local.sandbox.url}/phones)

Ctrl-C stops both.
`;
}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: "string", default: "8787" },
      "sandbox-port": { type: "string", default: "8788" },
      help: { type: "boolean", short: "h" },
    },
  });
  return {
    help: values.help === true,
    stateFolder: resolve(positionals[0] ?? join(PROJECT_FOLDER, ".carillon")),
    routerPort: readPort(values.port),
    sandboxPort: readPort(values["sandbox-port"]),
  };
}

function readPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new LocalProblem(`${text} is not a port; ${USAGE}`);
  return port;
}

await runEntry(async (interrupted) => {
  const options = readArguments();
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  console.log("Starting the router and the sandbox carrier …");
  await holdFolder(options.stateFolder);
  const opened = startLocal(options).then((local) => openDev(local, options.stateFolder));
  // Ctrl-C while they start: leaving ends them too.
  const started = await Promise.race([opened, interrupted]);
  if (!started) return 0;
  const { local, key, takenUp } = started;
  console.log(words(local, key, options.stateFolder));
  const lookAfter = () => void lookAfterWaiting(routerClient(local.router.url), key, console.log);
  if (takenUp) lookAfter();
  const watching = (name: string, worker: LocalWorker, revived: () => void) => [
    keepRunning(name, worker, { say: console.error, revived, now: Date.now }),
    sayWhenSilent(worker, console.error),
  ];
  const kept = [...watching("router", local.router, lookAfter), ...watching("sandbox", local.sandbox, () => {})];
  try {
    await Promise.race([interrupted, ...kept]);
  } finally {
    await local.stop();
  }
  console.log("Stopped.");
  return 0;
});

/** Opens the shop; whoever dies meanwhile ends it. `takenUp`: the state held a shop before. */
async function openDev(local: Local, stateFolder: string) {
  const takenUp = Object.keys(local.keys.tenants).length > 0;
  const deaths = [local.router, local.sandbox].map(async ({ died, url, log }): Promise<never> => {
    await died;
    throw new LocalProblem(`${url} died while starting; the end of ${log}:\n${endOfLog(log)}`);
  });
  return { local, key: await Promise.race([openShop(local, stateFolder), ...deaths]), takenUp };
}
