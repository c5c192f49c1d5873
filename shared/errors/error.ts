/**
 * What can go wrong, in kinds that decide what happens next. One table, so that retry, dead-letter and exit codes cannot
 * drift apart. `exit` is the process's exit code (sysexits' EX_CONFIG is 78).
 */
const kinds = {
  /** The command line is wrong. */
  usage: { exit: 2, action: 'stop' },
  /** A file or stream that the user named cannot be read. */
  'unreadable-input': { exit: 2, action: 'stop' },
  /** Configuration, a rule pack or a card template is invalid. */
  'invalid-config': { exit: 78, action: 'stop' },
  /** What the configuration asks of this place is not to be had: port in use, data folder locked, wrong topics. */
  'unusable-environment': { exit: 78, action: 'stop' },
  /** A dependency does not answer. */
  unreachable: { exit: 1, action: 'retry' },
  /** The disk is full. */
  'no-space': { exit: 1, action: 'retry' },
  /** One record cannot be handled, and never will be. */
  poison: { exit: 1, action: 'dead-letter' },
  /** Another member has taken over; what this one holds is void. */
  fenced: { exit: 1, action: 'stop' },
} as const;

export type ErrorKind = keyof typeof kinds;

/**
 * An error that a user or operator can do something about: `message` is one line that says what was wrong, where, and what
 * to do. Anything else that is thrown is a defect of ours.
 */
export class LogpatrolError extends Error {
  override readonly name = 'LogpatrolError';
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.kind = kind;
  }

  get exitCode(): number {
    return kinds[this.kind].exit;
  }

  get action(): 'stop' | 'retry' | 'dead-letter' {
    return kinds[this.kind].action;
  }
}

/** The message of anything that was thrown, on one line. */
export function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}
