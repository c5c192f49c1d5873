/** Something wrong with a list of servers: what it names is left out, the rest counts. */
export interface Problem {
  /** File and line, address and index, or path in the configuration. */
  readonly where: string;
  /** What is wrong and what to do, on one line, without secrets. */
  readonly message: string;
}

/** Of one list so many are told; the rest is a number. */
const maxTold = 50;

/** The first of them, and how many more there are. */
export function bounded(problems: readonly Problem[], where: string): Problem[] {
  const more = problems.length - maxTold;
  return more <= 0
    ? [...problems]
    : [...problems.slice(0, maxTold), { where, message: `and ${more} more mistakes` }];
}
