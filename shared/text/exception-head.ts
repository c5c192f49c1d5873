/**
 * The line that begins what is printed of an exception, at the start of a line: the type, then nothing or its message.
 * `java.lang.OutOfMemoryError: Java heap space`, `System.IO.IOException: …`, `TypeError [ERR_X]: …`, `Npgsql.PostgresException
 * (0x80004005): …`, `KeyError: 'x'`. The type is known by how such names end by convention; the name before the last dot is bounded,
 * so that matching takes linear time.
 */
const head =
  /^((?:[A-Za-z_][\w$]{0,80}\.){0,12}(?=[A-Z])[\w$]{0,120}(?:Exception|Error|Throwable|Failure))(?=:|$| [([][^\])]{0,80}[\])](?::|$))/;

/** Longer names are none of a type, in bytes; what is looked at behind one, likewise. */
const maxName = 400;
const maxBehindName = 96;
const ends = ['Exception', 'Error', 'Throwable', 'Failure'].map((end) => Buffer.from(end, 'latin1'));
/** 1 for the bytes of dotted names. */
const nameBytes = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[\w.$]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** The exception's type where the line is such a head, else `undefined`. */
export function exceptionHead(line: string): string | undefined {
  return head.exec(line)?.[1];
}

/** The same of the line `bytes[start, end)`. Costs some bytes for most lines: only what ends like a type is decoded. */
export function isExceptionHead(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start] ?? 0;
  // A letter or `_`: most lines begin with a time or a bracket.
  if (first < 0x41 || first > 0x7a || nameBytes[first] === 0) return false;
  const limit = Math.min(end, start + maxName);
  let index = start + 1;
  while (index < limit && nameBytes[bytes[index] ?? 0] === 1) index += 1;
  if (!endsLikeType(bytes, start, index)) return false;
  const length = Math.min(end, index + maxBehindName) - start;
  return head.test(Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString('latin1'));
}

function endsLikeType(bytes: Uint8Array, start: number, end: number): boolean {
  const last = bytes[end - 1];
  for (const literal of ends) {
    if (last !== literal[literal.length - 1] || end - start < literal.length) continue;
    const from = end - literal.length;
    if (literal.every((byte, index) => bytes[from + index] === byte)) return true;
  }
  return false;
}
