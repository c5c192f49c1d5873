import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { z } from 'zod';
import { readCsv } from '#shared/assets/read-csv.ts';
import { decodeText } from '#shared/text/decode-text.ts';
import { readYaml } from '#shared/text/read-yaml.ts';
import { columnMistake } from './entry.ts';
import { readServers, type ServerList } from './server-list.ts';

/** YAML is read at some megabytes a second, and meanwhile nothing else is done. */
const maxBytes = 4 * 1024 * 1024;

const Wrapped = z.object({ servers: z.array(z.unknown()) });

/**
 * Reads a file of servers: YAML or JSON by its extension (a list, or `servers:` with one), else CSV with a header row. A `passwordFile`
 * that is no absolute path is looked for beside the file.
 *
 * @throws Error where nothing of it can be used: one clear line
 */
export function readServerFile(file: string): ServerList {
  const text = textOf(file);
  const isCsv = !['.yaml', '.yml', '.json'].includes(extname(file).toLowerCase());
  const { servers, problems } = isCsv ? csvServers(file, text) : yamlServers(file, text);
  return {
    problems,
    servers: servers.map(({ where, server }) => ({
      where,
      server:
        server.passwordFile === undefined
          ? server
          : { ...server, passwordFile: resolve(dirname(file), server.passwordFile) },
    })),
  };
}

function textOf(file: string): string {
  // A pipe that nobody writes to would be waited for.
  const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = fstatSync(handle);
    if (!found.isFile()) throw new Error('it is no file');
    if (found.size > maxBytes) throw new Error(`it has more than ${maxBytes / 1024 / 1024} MiB`);
    return decodeText(readFileSync(handle));
  } finally {
    closeSync(handle);
  }
}

function yamlServers(file: string, text: string): ServerList {
  const read = readYaml(text, z.unknown());
  if (!read.ok) {
    const [first] = read.mistakes;
    throw new Error(`line ${first?.line}: ${first?.message}`);
  }
  const wrapped = Wrapped.safeParse(read.data);
  const list = wrapped.success ? wrapped.data.servers : read.data;
  // An empty file, or one of comments alone, is a list without servers.
  if (list === null) return { servers: [], problems: [] };
  if (!Array.isArray(list)) throw new Error('it is neither a list of servers nor an object with `servers`');
  const path = wrapped.success ? ['servers'] : [];
  return readServers(list, {
    origin: 'file',
    list: file,
    place: (index) => `${file}:${read.mistakeAt([...path, index], '').line}`,
  });
}

function csvServers(file: string, text: string): ServerList {
  const { rows: all, mistakes } = readCsv(file, text);
  const [header, ...rows] = all;
  if (header === undefined) throw new Error('it is empty: its first line must name the columns');
  const columns = header.cells.map((column) => ({
    column,
    mistake: column === '' || column === '__proto__' ? 'has no name' : columnMistake(column),
  }));
  const records = rows.map(({ cells }) =>
    Object.fromEntries(
      columns.flatMap(({ column, mistake }, index) =>
        mistake === undefined ? [[column, cells[index] ?? '']] : [],
      ),
    ),
  );
  const list = readServers(records, {
    origin: 'file',
    list: file,
    place: (index) => `${file}:${rows[index]?.line}`,
  });
  const unknown = columns.flatMap(({ column, mistake }) =>
    column === '' || mistake === undefined ? [] : [{ where: `${file}:${header.line}`, message: mistake }],
  );
  const prefix = `${file}:`;
  const unread = mistakes.map((mistake) => {
    const [line = '', ...rest] = mistake.slice(prefix.length).split(': ');
    return { where: `${file}:${line}`, message: rest.join(': ') };
  });
  return { servers: list.servers, problems: [...unread, ...unknown, ...list.problems] };
}
