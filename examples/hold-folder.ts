import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LocalProblem } from "./local.ts";

/** Takes a state folder for this process; throws where another living one has it: two routers on one state spoil it. */
export async function holdFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, "held-by");
  const holder = Number(await readFile(file, "utf8").catch(() => ""));
  if (holder > 0 && holder !== process.pid && isAlive(holder)) {
    throw new LocalProblem(`${folder} is in use by process ${holder}; end that one or name another folder`);
  }
  await writeFile(file, String(process.pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
