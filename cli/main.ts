import { setFlagsFromString } from 'node:v8';
import { reportFailure } from './failure.ts';
import { createProgram } from './program.ts';

// Batches of the bus are memory outside the heap, which only a collection of the young generation gives back. Left to itself that
// generation grows to 64 MB and is collected seldom: detect from Kafka then peaks at 560 MB resident, and at 470 MB like this,
// at the same speed (npm run bench -- detect).
setFlagsFromString('--semi-space-growth-factor=1');

// Runs the command line of this process and ends it with its exit code. logpatrol.js comes first where a person starts it.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever read us has had enough (`logpatrol … | head`): no failure.
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });

const fail = (error: unknown): number => reportFailure(error, (line) => process.stderr.write(line));
// What nobody awaited is a defect too, and ends the process: what it leaves undone, its successor does.
process.on('uncaughtException', (error) => process.exit(fail(error)));

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = fail(error);
}
// Connections that a library keeps alive must not hold up the end; what still waits in a pipe must.
for (const stream of [process.stdout, process.stderr])
  await new Promise<void>((resolve) => void stream.write('', () => resolve()));
process.exit();
