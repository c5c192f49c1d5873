import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { discover, type TailEntry } from './discover.ts';

/** Where Linux distributions and macOS keep their logs. */
const places = ['/var/log/*', '/var/log/nginx/*.log', '/var/log/apache2/*.log', '/Library/Logs/*.log'];

const systemNames =
  /^(?:syslog|messages|secure|maillog|cron|boot\.log|dmesg|system\.log|install\.log|(?:auth|kern|daemon|user|mail|cron|debug)(?:\.log)?)$/;

/**
 * The system's logs that this user can read, one entry a file, for `logpatrol up` without files: in /var/log what syslog
 * writes and `*.log`, the web servers' logs, and macOS's. Rotated files are left out. May be empty.
 */
export async function defaultLogFiles(): Promise<TailEntry[]> {
  const { files } = await discover(places.map((path) => ({ path, type: 'app' })));
  const entries = await Promise.all(
    files.map(async ({ path }): Promise<TailEntry | undefined> => {
      const name = basename(path);
      if (!systemNames.test(name) && !name.endsWith('.log')) return undefined;
      try {
        await access(path, constants.R_OK);
        if ((await stat(path)).size === 0) return undefined;
      } catch {
        return undefined; // Not readable by this user: not one of its logs.
      }
      return entryFor(path);
    }),
  );
  return entries.filter((entry) => entry !== undefined).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Type and service by the file's name and folder. */
export function entryFor(path: string): TailEntry {
  const name = basename(path);
  if (basename(dirname(path)) === 'nginx') return { path, type: 'nginx', service: 'nginx' };
  if (systemNames.test(name)) return { path, type: 'syslog' };
  const folder = basename(dirname(path));
  return {
    path,
    type: 'app',
    service: folder === 'log' || folder === 'Logs' ? basename(name, '.log') : folder,
  };
}
