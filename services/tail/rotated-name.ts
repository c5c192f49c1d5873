import { basename, dirname, extname } from 'node:path';

/** A number or a date, as rotation adds it: `.1`, `-20261121`, `.2026-11-21T10`, `-20261121-1795255200`; or `.old`, `.bak`. */
const mark = /^[._-](?:\d[\dTZ._:-]*|old|bak|prev)$/;

/**
 * True where `candidate` looks like what rotation makes of `original`: in the same folder, the same name with a number or date
 * behind it (`app.log.1`) or before its extension (`app-2026-11-21.log`). Only a hint: contents decide.
 */
export function isRotatedName(candidate: string, original: string): boolean {
  if (candidate === original || dirname(candidate) !== dirname(original)) return false;
  const name = basename(candidate);
  const whole = basename(original);
  if (name.startsWith(whole) && mark.test(name.slice(whole.length))) return true;
  const extension = extname(whole);
  const stem = basename(whole, extension);
  return (
    extension !== '' &&
    name.startsWith(stem) &&
    name.endsWith(extension) &&
    name.length > whole.length &&
    mark.test(name.slice(stem.length, name.length - extension.length))
  );
}

/** Names of files that rotation has packed, and of binary ones that live among logs: never followed. */
export function isNeverALog(name: string): boolean {
  return (
    /\.(?:gz|bz2|xz|zst|lz4|zip|tgz|Z|journal)$/.test(name) || /^(?:wtmp|btmp|lastlog|faillog)$/.test(name)
  );
}
