/** A path into the configuration, as zod gives it. */
export type Path = readonly PropertyKey[];

/** One mistake: the place (a variable, or file:line:column) and, inside the configuration, the path. */
export interface Mistake {
  readonly where: string;
  readonly path?: Path;
  readonly message: string;
}

/** `channels.ops.webhook`, `domains[0].name`. */
export function pathText(path: Path): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

/** One line. */
export function mistakeText({ where, path, message }: Mistake): string {
  return path === undefined || path.length === 0
    ? `${where}: ${message}`
    : `${where}: ${pathText(path)}: ${message}`;
}
