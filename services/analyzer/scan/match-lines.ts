import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Config } from '#shared/config/index.ts';
import type { Severity } from '#shared/model/index.ts';
import { plainLine } from '../detect/log-line.ts';
import { createMatcher } from '../detect/matcher.ts';
import { type RuleSet, thresholdText } from '../detect/rules/index.ts';
import { EventCutter } from './event-cutter.ts';
import { inputSizes, readInput, standardInput } from './inputs.ts';
import { textOf } from './scan-files.ts';

/** One line that a rule matches. */
export interface LineMatch {
  /** The input as it was named. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The rule that speaks for it; where none does, the first that counts it towards its threshold. */
  readonly rule: string;
  readonly severity: Severity;
  /** The threshold of that rule, where it is one that counts: as it is written in a pack. */
  readonly threshold?: string;
  readonly text: string;
}

export interface MatchOptions {
  readonly inputs: readonly string[];
  readonly stdin: Readable;
  readonly config: Config;
  readonly rules: RuleSet;
  readonly type: string;
  readonly service?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Each line that a rule matches, in order and in batches as they are found; lines are not joined to events here.
 *
 * @throws LogpatrolError `unreadable-input`
 */
export async function* matchLines(options: MatchOptions): AsyncGenerator<readonly LineMatch[]> {
  const { inputs, config, type, service, now } = options;
  await inputSizes(inputs);
  const matcher = createMatcher(options.rules, type, config.routes[type]?.packs);
  for (const input of inputs) {
    const file = input === standardInput ? undefined : resolve(input);
    let matches: LineMatch[] = [];
    const cutter = new EventCutter({
      gate: matcher.gated ? matcher.gate : undefined,
      joins: () => false,
      maxLineBytes: config.tail.maxLineBytes,
      context: 0,
      take(event) {
        const text = textOf(event);
        const found = matcher.match(event.bytes, event.start, event.end, () =>
          plainLine(text, { host: '', service, file, type }, now),
        );
        const rule = (found?.speaker ?? found?.counted[0])?.rule;
        if (rule !== undefined)
          matches.push({
            file: input,
            line: event.line,
            rule: rule.id,
            severity: rule.severity,
            ...(rule.threshold !== undefined && { threshold: thresholdText(rule.threshold) }),
            text,
          });
      },
    });
    for await (const chunk of readInput(input, options.stdin, () => {})) {
      cutter.push(chunk);
      if (matches.length > 0) yield matches;
      matches = [];
    }
    cutter.end();
    if (matches.length > 0) yield matches;
  }
}
