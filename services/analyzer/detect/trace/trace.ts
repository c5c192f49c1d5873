export type TraceLanguage = 'java' | 'python' | 'node' | 'go' | 'dotnet';

/** What a stack trace tells. Hostile text, cut. */
export interface Trace {
  readonly language: TraceLanguage;
  /** Type of the root exception, as it is printed; of Go `panic` or `fatal error`. Empty where the trace is cut off before it. */
  readonly exception: string;
  /** Its message, the first line; empty where it has none. */
  readonly message: string;
  /** The first frame of the user's own code, from the place of the failure on; where all are of libraries, the first of those. */
  readonly frame: string;
}

/** A call in a trace: how it is named, and whose code it is. */
export interface Frame {
  /** With line numbers, versions and generated parts left out. */
  readonly name: string;
  /** `platform`: of the language itself; `library`: of a framework; else the user's own. */
  readonly owner: 'own' | 'library' | 'platform';
}

/** A trace, and what of it stays the same wherever its failure happens again. */
export interface ReadTrace extends Trace {
  readonly signature: string;
}

/** Names and messages are cut to this. In characters. */
const maxText = 300;

/**
 * @param stack the root exception's frames, the innermost first; what follows where they end is of the calls around it
 * @param kind what tells failures of one place apart beside the type: empty but for Go, where panics have no type
 */
export function traceOf(
  language: TraceLanguage,
  head: { readonly exception: string; readonly message: string },
  stack: readonly Frame[],
  kind = '',
): ReadTrace {
  const site = stack.find((frame) => frame.owner !== 'platform') ?? stack[0];
  const frame = stack.find((each) => each.owner === 'own') ?? site;
  const names = new Set([site?.name ?? '', frame?.name ?? '']);
  return {
    language,
    exception: head.exception.slice(0, maxText),
    message: head.message.trim().slice(0, maxText).toWellFormed(),
    frame: (frame?.name ?? '').slice(0, maxText),
    signature: [language, stable(head.exception), kind, ...[...names].map(stable)].join(' '),
  };
}

/** Without the numbers that generated names carry, for they change with every build or start. */
function stable(name: string): string {
  return name.slice(0, maxText).replace(/\d+/g, '*');
}
