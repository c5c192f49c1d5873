/** Writes to standard output and waits until it is written: the end of the process would cut off what still waits in a pipe. */
export function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    // A reader that has gone ends the process (main.ts); there is nothing else to fail for.
    process.stdout.write(text, () => resolve());
  });
}
