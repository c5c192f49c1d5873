import colours from 'yoctocolors';
import type { SensorStatus, ServerStatus, Severity } from '#shared/model/index.ts';
import { columnsOf } from '../cut-to-columns.ts';

/** Columns of the widest mark. */
export const markColumns = 10;

/** `[OK]`, `[WARNING]`, `[CRITICAL]`, or `[-]` where there is nothing to judge; coloured for a terminal, the words stay. */
export function mark(status: SensorStatus | Severity, isTerminal: boolean): string {
  switch (status) {
    case 'critical':
      return painted('[CRITICAL]', colours.red, isTerminal);
    case 'warning':
      return painted('[WARNING]', colours.yellow, isTerminal);
    case 'ok':
      return painted('[OK]', colours.green, isTerminal);
    case 'info':
      return painted('[INFO]', colours.cyan, isTerminal);
    case 'unknown':
    case 'absent':
      return padEnd('[-]', markColumns);
  }
}

/** The mark of a whole server: one that does not answer is neither well nor broken. */
export function serverMark({ outcome, health }: ServerStatus, isTerminal: boolean): string {
  return outcome === 'ok' ? mark(health, isTerminal) : painted('[UNKNOWN]', colours.magenta, isTerminal);
}

function painted(word: string, paint: (text: string) => string, isTerminal: boolean): string {
  const padding = ' '.repeat(Math.max(0, markColumns - word.length));
  return (isTerminal ? paint(word) : word) + padding;
}

/** The text with blanks up to so many columns of a terminal. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)));
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - columnsOf(text))) + text;
}
