import { ecsFormat } from '@elastic/ecs-pino-format';
import { type Logger, pino } from 'pino';
import { humanLine } from './human.ts';
import { redactor } from './redact.ts';

export interface LoggerOptions {
  readonly level: string;
  /** Values that must never be written. */
  readonly secrets: readonly string[];
  /** Short lines for a person, where the output is a terminal; else ECS, one JSON object a line. */
  readonly human: boolean;
  /** Takes one finished line, with its line break. Default: standard error. */
  readonly write?: (line: string) => void;
}

/** The process's logger: pino in ECS format. Secrets are taken out of every line before it is written. */
export function createLogger(options: LoggerOptions): Logger {
  const redact = redactor(options.secrets);
  const write = options.write ?? ((line: string) => void process.stderr.write(line));
  const format = ecsFormat({ apmIntegration: false });
  return pino(
    { ...format, level: options.level },
    { write: (line) => write(options.human ? humanLine(redact(line)) : redact(line)) },
  );
}
