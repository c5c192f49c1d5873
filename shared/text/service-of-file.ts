import { basename } from 'node:path/posix';

/**
 * The service that a file's name speaks of: its base name without extensions, dates and numbers of rotation
 * (`/var/log/nginx/error.log.2.gz` → `error`). `undefined` where nothing is left.
 */
export function serviceOfFile(path: string): string | undefined {
  const base = basename(path.replaceAll('\\', '/'));
  const stem = base.replace(/(?:\.(?:log|txt|out|err|json|gz|\d{1,14})|[-_.]\d{4}-?\d\d-?\d\d)+$/i, '');
  // Numbers at the end tell instances and jobs apart, not services (`container_1445062781478_0012_01_000001`).
  const name = stem.replace(/(?:[-_.]\d{1,20})+$/, '').slice(0, maxName);
  return name === '' ? undefined : name;
}

/** Names longer than this are cut; they stand in every finding. In characters. */
const maxName = 255;
