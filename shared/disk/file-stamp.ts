import { statSync } from 'node:fs';

/** Changes when the file does; '' where there is none, and reading it says why. */
export function fileStamp(file: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return '';
  }
}
