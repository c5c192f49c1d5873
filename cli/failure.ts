import { CommanderError } from 'commander';
import { LogpatrolError } from '#shared/errors/index.ts';
import { printable } from '#shared/text/printable.ts';

/** sysexits' EX_SOFTWARE: a defect of ours. */
const defectExitCode = 70;

/**
 * Says what went wrong and gives the exit code: one clear line for what a user can act on, the stack for a defect of ours.
 * commander has already written its own message.
 */
export function reportFailure(error: unknown, write: (line: string) => void): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof LogpatrolError) {
    // A list of mistakes keeps its lines; whatever else stands in them (a file's name, a far side's words) is shown, not obeyed.
    write(`logpatrol: ${error.message.split('\n').map(printable).join('\n')}\n`);
    return error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  write(`logpatrol: this is a defect in logpatrol, please report it:\n${text}\n`);
  return defectExitCode;
}
