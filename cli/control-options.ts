import { userInfo } from 'node:os';
import { Option } from 'commander';
import type { Config } from '#shared/config/index.ts';
import type { Control, ControlScope } from '#shared/model/index.ts';
import type { ControlDesk } from './control-desk.ts';
import { duration, moment } from './moment.ts';
import { table } from './table.ts';

/** `--by`: the user's login name where it is not given. */
export const byOption = () =>
  new Option('--by <name>', 'who wants it').default(loginName(), 'your login name');

/** `--for`: how long it holds. */
export const forOption = () =>
  new Option('--for <duration>', 'for how long: 30m, 2h, 1d12h').argParser(duration).conflicts('until');

/** `--until`: when it ends. */
export const untilOption = () =>
  new Option('--until <time>', 'when it ends (default: never)').argParser(moment);

/** Works at the desk of the controls, whose modules are read only now. */
export async function atDesk<T>(config: Config, work: (desk: ControlDesk) => Promise<T>): Promise<T> {
  const { withControlDesk } = await import('./control-desk.ts');
  return withControlDesk(config, work);
}

/** So many milliseconds after `from`, or after now, in ISO 8601. */
export function endOf(ms: number, from?: string): string {
  return new Date((from === undefined ? Date.now() : Date.parse(from)) + ms).toISOString();
}

/** `rule nginx.5xx, service shop`. */
export function scopeText(scope: ControlScope): string {
  return Object.entries(scope)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
}

/** A control as a row: id, kind, scope, who, from, until, note. */
export function rowOf({ id, kind, scope, by, from, until, note, opening }: Control): string[] {
  const end = until ?? (opening === undefined ? 'for ever' : 'resolved');
  return [id, kind, scopeText(scope), by, from ?? '', end, note ?? ''];
}

/** One control, as it is shown when it has been added. */
export function controlTable(control: Control): string {
  return table(['ID', 'KIND', 'SCOPE', 'BY', 'FROM', 'UNTIL', 'NOTE'], [rowOf(control)]);
}

/** A system without a name for the user has one still. */
function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
