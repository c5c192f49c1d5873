/** What the header of a syslog line says, and where the message behind it begins. */
export interface SyslogHeader {
  readonly host: string;
  readonly program: string;
  /** Index of the message in the line. */
  readonly message: number;
}

/**
 * Behind the time: host, then `program[pid]:` (RFC 3164 as rsyslog and journald write it; the program may carry PAM's
 * `(pam_unix)`). Bounded repetitions, so that it runs in linear time.
 */
const header =
  /^ ([A-Za-z0-9._:-]{1,255}) ([A-Za-z][A-Za-z0-9_./@-]{0,63})(?:\([^()]{0,40}\))?(?:\[\d{1,10}\])?: ?/;
const priority = /^(?:<\d{1,3}>(?:1 )?)?$/;

/**
 * Reads the header of a line whose time stands at `time`; `undefined` where it is no syslog line.
 */
export function syslogHeader(line: string, time: { start: number; end: number }): SyslogHeader | undefined {
  if (!priority.test(line.slice(0, time.start))) return undefined;
  const found = header.exec(line.slice(time.end, time.end + 512));
  if (found === null) return undefined;
  const [whole, host = '', program = ''] = found;
  return { host, program, message: time.end + whole.length };
}
