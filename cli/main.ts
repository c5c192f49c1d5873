import { reportFailure } from './failure.ts';
import { createProgram } from './program.ts';

/** Runs one command line and ends the process with its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // Whoever read us has had enough (`logpatrol … | head`): no failure.
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  try {
    await createProgram().parseAsync(argv);
  } catch (error) {
    process.exitCode = reportFailure(error, (line) => process.stderr.write(line));
  }
  // Connections that a library keeps alive must not hold up the end.
  process.exit();
}
