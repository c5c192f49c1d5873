import colours from 'yoctocolors';
import type { Severity } from '#shared/model/index.ts';

/** Colours the severity that each line of a table begins with, where the output is a terminal. */
export function colourSeverities(text: string, isTerminal: boolean): string {
  return isTerminal ? text.replace(/^(?:critical|warning|info)\b/gm, coloured) : text;
}

function coloured(word: string): string {
  const paint: Record<Severity, (text: string) => string> = {
    critical: colours.red,
    warning: colours.yellow,
    info: colours.cyan,
  };
  return word === 'critical' || word === 'warning' || word === 'info' ? paint[word](word) : word;
}
