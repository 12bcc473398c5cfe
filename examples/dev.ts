import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { holdFolder } from "./hold-folder.ts";
import { type Local, LocalProblem, startLocal } from "./local.ts";
import { openShop } from "./open-shop.ts";
import { runEntry } from "./run-entry.ts";
import { crashOf } from "./watch-worker.ts";
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
  const starting = startLocal(options);
  const opened = starting.then(async (local) => ({ local, key: await openShop(local, options.stateFolder) }));
  // Ctrl-C while they start: leaving ends them too.
  const started = await Promise.race([opened, interrupted]);
  if (!started) return 0;
  const { local, key } = started;
  console.log(words(local, key, options.stateFolder));
  const death = Promise.race(
    [local.router, local.sandbox].flatMap((worker) => [worker.died.then(() => worker), crashOf(worker, console.error)]),
  );
  const dead = await Promise.race([death, interrupted]);
  await local.stop();
  if (dead) throw new LocalProblem(`${dead.url} has ended; the end of ${dead.log}:\n${endOfLog(dead.log)}`);
  console.log("Stopped.");
  return 0;
});
