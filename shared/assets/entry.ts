import type { Asset } from '#shared/model/index.ts';
import { hostFieldsOf, isSecretField, ownerFieldsOf } from './field-names.ts';

/** Bounds of one asset: facts, characters of a name and of a text, names of its host. */
const maxFacts = 24;
const maxName = 64;
const maxText = 256;
const maxHosts = 32;
/** Parts of a list that are taken up into its text. */
const maxParts = 20;

/** One host of an inventory, by all its names and addresses. */
export interface Entry {
  /** Empty where nothing names the host. */
  readonly hosts: readonly string[];
  readonly asset: Omit<Asset, 'host'>;
}

/** What an object or a row of an inventory says, cut to the bounds; what is neither text, number nor a list of them is left out. */
export function entryOf(record: Readonly<Record<string, unknown>>): Entry {
  const fields = Object.keys(record).filter((field) => field !== '__proto__');
  const naming = hostFieldsOf(fields.filter((field) => hostNames(record[field]).length > 0));
  const hosts = naming.flatMap((field) => hostNames(record[field]));
  const ownerField = ownerFieldsOf(fields).find((field) => textOf(record[field]) !== undefined);
  const owner = ownerField === undefined ? undefined : textOf(record[ownerField]);
  const facts: [string, string][] = [];
  for (const field of fields) {
    if (facts.length === maxFacts) break;
    if (field === ownerField || isSecretField(field)) continue;
    const [name, text] = [oneLine(field, maxName), textOf(record[field])];
    if (name !== '' && text !== undefined) facts.push([name, text]);
  }
  return {
    hosts: [...new Set(hosts)].slice(0, maxHosts),
    asset: { ...(owner !== undefined && { owner }), facts: Object.fromEntries(facts) },
  };
}

/** Names in one field: several are separated by `;`, `,`, `、`, `|` or blanks. */
export function hostNames(value: unknown): string[] {
  if (Array.isArray(value)) return value.slice(0, maxHosts).flatMap(hostNames);
  if (typeof value !== 'string') return [];
  return (
    value
      .slice(0, maxHosts * maxText)
      .split(/[\s;,、，；|]+/)
      // 10.0.0.1/24 is an address with its network.
      .map((name) => name.replace(/\/\d{1,3}$/, ''))
      .filter((name) => name !== '' && name.length <= maxText)
  );
}

/** The value as one line of text; undefined where there is none. Of an object its own name counts: `{ id: 7, name: ana }`. */
function textOf(value: unknown): string | undefined {
  const text = plainText(value);
  return text === undefined || text === '' ? undefined : text;
}

function plainText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return oneLine(value, maxText);
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'object':
      if (Array.isArray(value))
        return oneLine(
          value
            .slice(0, maxParts)
            .flatMap((part) => (Array.isArray(part) ? [] : (textOf(part) ?? [])))
            .join(', '),
          maxText,
        );
      return nameOf(value);
    default:
      return undefined;
  }
}

function nameOf(value: object | null): string | undefined {
  for (const key of ['display_name', 'name', 'label', 'display', 'value']) {
    const name: unknown = value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
    if (typeof name === 'string') return oneLine(name, maxText);
  }
  return undefined;
}

/** Without control and invisible characters, cut. */
function oneLine(text: string, length: number): string {
  // Cut first, with room for what falls away: a value may be of any length.
  const line = text
    .slice(0, length * 4)
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  return line.length <= length ? line : `${line.slice(0, length - 1).trimEnd()}…`;
}
