const QUIET_EVERY_MS = 5_000;

/** One line that is written over on a terminal, and repeated now and then where the output is a file. */
export function progressLine(output: NodeJS.WriteStream): { say(words: string): void; end(): void } {
  let saidAt = 0;
  let open = false;
  return {
    say(words) {
      if (output.isTTY) {
        output.write(`\r${words}\u001b[K`);
        open = true;
      } else if (Date.now() - saidAt >= QUIET_EVERY_MS) {
        output.write(`${words}\n`);
        saidAt = Date.now();
      }
    },
    end() {
      if (open) output.write("\n");
      open = false;
      saidAt = 0;
    },
  };
}
