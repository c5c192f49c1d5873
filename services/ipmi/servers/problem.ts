/** Something wrong with a list of servers: what it names is left out, the rest counts. */
export interface Problem {
  /** File and line, address and index, or path in the configuration. */
  readonly where: string;
  /** What is wrong and what to do, on one line, without secrets. */
  readonly message: string;
}
