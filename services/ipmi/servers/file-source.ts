import { readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileStamp } from '#shared/disk/file-stamp.ts';
import { watchPaths } from '#shared/disk/watch-paths.ts';
import { messageOf } from '#shared/errors/index.ts';
import type { Problem } from './problem.ts';
import { readServerFile } from './read-server-file.ts';
import type { ServerList } from './server-list.ts';
import type { Source } from './source.ts';

/** What a folder's files of servers are called. */
const extensions: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json', '.csv']);
const maxFiles = 1000;

/** Where the system does not tell of changes, it is looked so often; a file that is being written is read once it is at rest. */
const pollMs = 2000;
const settleMs = 200;

interface FileState {
  readonly stamp: string;
  readonly list: ServerList;
}

/** Follows a file of servers, or a folder of such files. @param changed is called after what it says has changed */
export function followFiles(
  what: { readonly file: string } | { readonly folder: string },
  changed: () => void,
): Source {
  const path = 'file' in what ? what.file : what.folder;
  let files = new Map<string, FileState>();
  let trouble: Problem | undefined;

  const look = (): boolean => {
    const before = trouble?.message;
    let names: string[];
    try {
      names = 'file' in what ? [path] : namesIn(path);
      trouble = undefined;
    } catch (error) {
      trouble = { where: path, message: `the folder cannot be read: ${messageOf(error)}; ${kept(files)}` };
      return before !== trouble.message;
    }
    let isOther = before !== undefined || names.length !== files.size;
    const next = new Map<string, FileState>();
    for (const name of names) {
      const known = files.get(name);
      const stamp = fileStamp(name);
      // What could not be read is tried again, for that may have nothing to do with the file.
      if (known !== undefined && known.stamp === stamp && stamp !== '') next.set(name, known);
      else {
        const found = readAgain(name, stamp, known);
        next.set(name, found);
        isOther ||= found.list !== known?.list;
      }
    }
    files = next;
    return isOther;
  };

  look();
  const watch = watchPaths([path], () => void (look() && changed()), { pollMs, settleMs });
  return {
    current: () => ({
      servers: [...files.values()].flatMap(({ list }) => list.servers),
      problems: [...(trouble ? [trouble] : []), ...[...files.values()].flatMap(({ list }) => list.problems)],
    }),
    close: () => watch.close(),
  };
}

/** An empty stamp: it could not be read. */
function readAgain(file: string, stamp: string, known: FileState | undefined): FileState {
  try {
    return { stamp, list: readServerFile(file) };
  } catch (error) {
    const servers = known?.list.servers ?? [];
    const message = `the list cannot be read: ${messageOf(error)}; ${
      servers.length === 0 ? 'there are no servers from it' : `those of before stay (${servers.length})`
    }`;
    const isTold = known?.list.problems.length === 1 && known.list.problems[0]?.message === message;
    return {
      stamp: '',
      list: isTold && known ? known.list : { servers, problems: [{ where: file, message }] },
    };
  }
}

function kept(files: ReadonlyMap<string, FileState>): string {
  return files.size === 0 ? 'there are no servers from it' : 'those of before stay';
}

/** @throws the system's error, or where there are too many */
function namesIn(folder: string): string[] {
  const names = readdirSync(folder)
    .filter((name) => !name.startsWith('.') && extensions.has(extname(name).toLowerCase()))
    .sort();
  if (names.length > maxFiles) throw new Error(`it has more than ${maxFiles} files`);
  return names.map((name) => join(folder, name));
}
