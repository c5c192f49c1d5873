import { readFileSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { z } from 'zod';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { decodeText } from '#shared/text/decode-text.ts';
import { readYaml } from '#shared/text/read-yaml.ts';
import { type Entry, entryOf, hostNames } from './entry.ts';
import { hostFieldsOf } from './field-names.ts';
import { readCsv } from './read-csv.ts';

/** Bytes of a file; it is read in one go, YAML at some megabytes a second. */
const maxCsvBytes = 32 * 1024 * 1024;
const maxYamlBytes = 4 * 1024 * 1024;

/** What a file says, and one line for each mistake in it: place, field, what is wrong. The rest is used. */
export interface Inventory {
  readonly entries: readonly PlacedEntry[];
  readonly mistakes: readonly string[];
}

/** A host, and where it stands. */
export interface PlacedEntry extends Entry {
  readonly line: number;
}

/**
 * Reads an inventory: YAML (and JSON) by its extension, else CSV with a header row.
 *
 * @throws LogpatrolError `invalid-config` where nothing of it can be used
 */
export function readInventory(file: string): Inventory {
  const isYaml = ['.yaml', '.yml', '.json'].includes(extname(file).toLowerCase());
  const text = textOf(file, isYaml ? maxYamlBytes : maxCsvBytes);
  return isYaml ? readYamlInventory(file, text) : readCsvInventory(file, text);
}

function textOf(file: string, maxBytes: number): string {
  try {
    const { size } = statSync(file);
    if (size > maxBytes)
      throw new Error(`it has ${size} bytes, more than ${maxBytes}; use CSV (32 MiB at most) or an address`);
    return decodeText(readFileSync(file));
  } catch (cause) {
    throw invalid(`cannot read the inventory ${file}: ${messageOf(cause)}`, cause);
  }
}

function invalid(message: string, cause?: unknown): LogpatrolError {
  return new LogpatrolError('invalid-config', message, { cause });
}

function readCsvInventory(file: string, text: string): Inventory {
  const { rows: all, mistakes } = readCsv(file, text);
  const [header, ...rows] = all;
  if (header === undefined)
    throw invalid(`the inventory ${file} is empty: its first line must name the columns`);
  const columns = header.cells;
  const hostColumns = hostFieldsOf(columns);
  if (hostColumns.length === 0)
    throw invalid(
      `the inventory ${file}:${header.line} has no column that names the host; call one of them host, hostname, ip or 主机名`,
    );
  columns.forEach((column, index) => {
    if (column !== '' && columns.indexOf(column) !== index)
      mistakes.push(
        `${file}:${header.line}: ${column}: there is such a column already; this one is left out`,
      );
  });
  const entries = rows.flatMap(({ cells, line }) => {
    if (cells.length > columns.length)
      mistakes.push(
        `${file}:${line}: the line has ${cells.length} fields, the header ${columns.length}; those beyond it are left out`,
      );
    const fields = columns
      .map((column, index) => [column, cells[index] ?? ''] as const)
      .filter(([column, value], index) => column !== '' && value !== '' && columns.indexOf(column) === index);
    const entry = entryOf(Object.fromEntries(fields));
    if (entry.hosts.length > 0) return [{ ...entry, line }];
    mistakes.push(`${file}:${line}: ${hostColumns.join(', ')}: nothing names the host; the line is left out`);
    return [];
  });
  return { entries, mistakes };
}

const Named = z.record(z.string(), z.unknown());

/** A list of hosts with their facts, or a map of them by host; either may stand below `hosts` or `assets`. */
function readYamlInventory(file: string, text: string): Inventory {
  const read = readYaml(text, z.unknown());
  if (!read.ok) {
    const lines = read.mistakes.map(({ line, message }) => `  ${file}:${line}: ${message}`);
    throw invalid(`the inventory is no YAML:\n${lines.join('\n')}`);
  }
  const below = Named.safeParse(read.data).data ?? {};
  const key = ['hosts', 'assets'].find(
    (each) => Object.keys(below).length === 1 && typeof below[each] === 'object' && below[each] !== null,
  );
  const root = key === undefined ? read.data : below[key];
  if (typeof root !== 'object' || root === null)
    throw invalid(`the inventory ${file} is neither a list of hosts nor a map of them by name`);
  const mistakes: string[] = [];
  const entries: PlacedEntry[] = [];
  const items: Iterable<[string | number, unknown]> = Array.isArray(root)
    ? root.entries()
    : Object.entries(root);
  for (const [name, value] of items) {
    const { line, field } = read.mistakeAt(key === undefined ? [name] : [key, name], '');
    const leaveOut = (why: string) => mistakes.push(`${file}:${line}: ${field}: ${why}; it is left out`);
    const fields = Named.safeParse(value ?? {});
    if (!fields.success) {
      leaveOut('is no map of facts');
      continue;
    }
    const entry = entryOf(fields.data);
    const hosts = [...(typeof name === 'string' ? hostNames(name) : []), ...entry.hosts];
    if (hosts.length === 0) leaveOut('nothing names the host: give host, hostname or ip');
    else entries.push({ ...entry, hosts: [...new Set(hosts)], line });
  }
  return { entries, mistakes };
}
