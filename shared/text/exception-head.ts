/**
 * The line that begins what is printed of an exception, at the start of a line: the type, then nothing or its message.
 * `java.lang.OutOfMemoryError: Java heap space`, `System.IO.IOException: …`, `TypeError [ERR_X]: …`, `Npgsql.PostgresException
 * (0x80004005): …`, `KeyError: 'x'`. The type is known by how such names end by convention; the name before the last dot is bounded,
 * so that matching takes linear time.
 */
const head =
  /^((?:[A-Za-z_][\w$]{0,80}\.){0,12}(?=[A-Z])[\w$]{0,120}(?:Exception|Error|Throwable|Failure))(?=:|$| [([][^\])]{0,80}[\])](?::|$))/;

/** Longest name that can match, and what is looked at behind a name, in bytes. */
const maxName = 1300;
const maxBehindName = 96;

/** The exception's type where the line is such a head, else `undefined`. */
export function exceptionHead(line: string): string | undefined {
  return head.exec(line)?.[1];
}

/** The same of the line `bytes[start, end)`. Costs some bytes for most lines: only what ends like a type is decoded. */
export function isExceptionHead(bytes: Uint8Array, start: number, end: number): boolean {
  const limit = Math.min(end, start + maxName);
  let index = start;
  while (index < limit && isNameByte(bytes[index] ?? 0)) index += 1;
  if (index - start < 5 || !mayEndType(bytes[index - 2], bytes[index - 1])) return false;
  const to = Math.min(end, index + maxBehindName);
  return head.test(Buffer.from(bytes.buffer, bytes.byteOffset + start, to - start).toString('latin1'));
}

function isNameByte(byte: number): boolean {
  const letter = byte | 0x20;
  return (
    (letter >= 0x61 && letter <= 0x7a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2e ||
    byte === 0x5f ||
    byte === 0x24
  );
}

/** The last two letters of Exception, Error, Throwable, Failure. */
function mayEndType(beforeLast = 0, last = 0): boolean {
  switch (last) {
    case 0x6e:
    case 0x72:
      return beforeLast === 0x6f;
    case 0x65:
      return beforeLast === 0x6c || beforeLast === 0x72;
    default:
      return false;
  }
}
