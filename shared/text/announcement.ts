/** The level and the message's first words are within this, in bytes. */
const maxLookedAt = 512;

/**
 * A level of warning or above, as it stands in the lines of the usual loggers (`E1121` is glog's), or a word with which people
 * say that something went wrong (`Internal Server Error: /orders`, `Exception in thread Thread-1 (run):`).
 */
const failure =
  /error|exception|fail|fatal|severe|critical|warn|panic|uncaught|unhandled|\b(?:err|crit|emerg|alert|wrn|ftl)\b|^[EWF]\d{4} |错误|异常|失败|警告|严重|崩溃|无法/i;
const panic = /panic/i;

/** Whether the line that begins at `bytes[start]` says that something failed, so that an exception may be printed below it. */
export function announcesFailure(bytes: Uint8Array, start: number, end: number): boolean {
  return failure.test(lineAt(bytes, start, end));
}

/** Whether it speaks of a panic, as Go's programs do before the goroutines are printed. */
export function announcesPanic(bytes: Uint8Array, start: number, end: number): boolean {
  return panic.test(lineAt(bytes, start, end));
}

function lineAt(bytes: Uint8Array, start: number, end: number): string {
  const length = Math.min(end - start, maxLookedAt);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString('utf8');
  const newline = text.indexOf('\n');
  return newline === -1 ? text : text.slice(0, newline);
}
