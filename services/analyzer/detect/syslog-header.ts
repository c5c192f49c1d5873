import type { LineTime } from './event-time.ts';

/** What the header of a syslog line says, and where the message behind it begins. */
export interface SyslogHeader {
  readonly host: string;
  readonly program: string;
  /** Index of the message in the line. */
  readonly message: number;
}

/**
 * Behind the time: host, then `program[pid]:` as rsyslog and journald write it; the program may carry PAM's `(pam_unix)`.
 * Bounded repetitions, so that it runs in linear time.
 */
const header =
  /^ ([A-Za-z0-9._:-]{1,255}) ([A-Za-z][A-Za-z0-9_./@-]{0,63})(?:\([^()]{0,40}\))?(\[\d{1,10}\])?: ?/;
const priority = /^(?:<\d{1,3}>(?:1 )?)?$/;
/** In the host's place these show that an application has written the line. */
const level = /^(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERR|ERROR|SEVERE|CRIT|CRITICAL|FATAL|ALERT|EMERG)$/i;

/**
 * Reads the header of a line whose time is `time`; `undefined` where it is no syslog line. With RFC 3339 times, which
 * applications write as well, only `program[pid]:` and `kernel:` count.
 */
export function syslogHeader(line: string, time: LineTime): SyslogHeader | undefined {
  if (time.style === 'other' || !priority.test(line.slice(0, time.start))) return undefined;
  const found = header.exec(line.slice(time.end, time.end + 512));
  if (found === null) return undefined;
  const [whole, host = '', program = '', pid] = found;
  if (level.test(host)) return undefined;
  if (time.style === 'rfc3339' && pid === undefined && program !== 'kernel') return undefined;
  return { host, program, message: time.end + whole.length };
}
