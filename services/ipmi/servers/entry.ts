import { z } from 'zod';
import { IpmiServer } from '#shared/config/ipmi-schema.ts';
import { closest } from '#shared/config/suggest.ts';
import { printable } from '#shared/text/printable.ts';

/** Where a list comes from: an `address` is not trusted with files and secrets of this machine, and may hold more than we ask for. */
export type Origin = 'file' | 'address';

export type EntryReading = {
  /** Undefined where it is left out. */
  readonly entry: IpmiServer | undefined;
  /** What is wrong, each with its field. */
  readonly mistakes: readonly string[];
};

const fields = Object.keys(IpmiServer.shape);
const numbers: ReadonlySet<string> = new Set([
  'port',
  'cipherSuite',
  'intervalSeconds',
  'maxRetries',
  'timeoutSeconds',
]);

/** `max_retries`, `Max-Retries` and `maxRetries` are one name. */
function normal(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_.-]+/g, '');
}

const spellings: ReadonlyMap<string, string> = new Map([
  ...fields.map((field) => [normal(field), field] as const),
  ['interval', 'intervalSeconds'],
  ['timeout', 'timeoutSeconds'],
  ['username', 'user'],
  ['address', 'host'],
]);

const literalPassword = /passw|pwd|密码|口令/i;
/** Environment variables that an address may name: any other may hold a secret of something else, which it would send where it likes. */
const variableForAddress = /^IPMI_PASSWORD_(?!FILE$)[A-Za-z0-9_]+$/;

const Fields = z.record(z.string(), z.unknown());

/**
 * Reads one server of a list, under any spelling of its fields, numbers also as text. A literal password is refused, for lists are read
 * and copied by many.
 */
export function readEntry(raw: unknown, origin: Origin): EntryReading {
  const given = Fields.safeParse(raw);
  if (!given.success) return leftOut('is no server: give it fields such as name and host');
  const known: Record<string, unknown> = {};
  const mistakes: string[] = [];
  for (const [name, value] of Object.entries(given.data)) {
    if (value === null || value === undefined || value === '') continue;
    const field = spellings.get(normal(name));
    if (field === undefined) {
      if (literalPassword.test(name))
        return leftOut(
          `${shown(name)}: a password does not belong in a list; put it into a file and name that as passwordFile, or into an environment variable and name that as passwordEnv`,
        );
      if (origin === 'file') mistakes.push(unknownField(name));
    } else if (Object.hasOwn(known, field))
      return leftOut(`${shown(name)}: ${field} is given already, in another spelling`);
    else known[field] = plainValue(field, value);
  }
  if (origin === 'address') {
    const refusal = refusedFromAddress(known);
    if (refusal !== undefined) return leftOut(refusal);
  }
  const parsed = IpmiServer.safeParse(known);
  if (parsed.success) return { entry: parsed.data, mistakes };
  return {
    entry: undefined,
    mistakes: [
      ...mistakes,
      ...parsed.error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${wording(message)}`),
    ],
  };
}

/** What is wrong with a column of this name; undefined where each line says it, or nothing is. */
export function columnMistake(name: string): string | undefined {
  return spellings.has(normal(name)) || literalPassword.test(name) ? undefined : unknownField(name);
}

function leftOut(mistake: string): EntryReading {
  return { entry: undefined, mistakes: [mistake] };
}

function unknownField(name: string): string {
  const meant = spellings.get(closest(normal(name), [...spellings.keys()]) ?? '');
  return `${shown(name)}: there is no such field, it is ignored${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}

function shown(name: string): string {
  return printable(name.slice(0, 60));
}

function wording(message: string): string {
  return message.endsWith('received undefined') ? 'is missing' : message.replace(/^Invalid input: /, '');
}

/** Numbers and truths as CSV and inventories write them. */
function plainValue(field: string, value: unknown): unknown {
  if (field === 'enabled' && typeof value !== 'boolean') {
    const text = String(value).trim().toLowerCase();
    if (['true', 'yes', '1', 'on'].includes(text)) return true;
    return ['false', 'no', '0', 'off'].includes(text) ? false : value;
  }
  if (numbers.has(field))
    return typeof value === 'string' && /^\d{1,9}(?:\.\d{1,9})?$/.test(value.trim()) ? Number(value) : value;
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' ? String(value) : value;
}

function refusedFromAddress(known: Readonly<Record<string, unknown>>): string | undefined {
  if (known.passwordFile !== undefined)
    return 'passwordFile: an inventory behind an address may not name files of this machine; use passwordEnv, or the password of ipmi';
  const { passwordEnv } = known;
  if (passwordEnv === undefined || (typeof passwordEnv === 'string' && variableForAddress.test(passwordEnv)))
    return undefined;
  return 'passwordEnv: an inventory behind an address may only name variables that begin with IPMI_PASSWORD_';
}
