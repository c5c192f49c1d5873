/** The code of an error of the system or of Node, as `ENOENT`; `undefined` where it has none. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
