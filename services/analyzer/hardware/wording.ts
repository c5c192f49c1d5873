/** Units as people write them; others are shown as they are. */
const units: Readonly<Record<string, string>> = { Cel: ' °C', '%': '%' };
const kilobyte = 1024;
const byteUnits = ['B/s', 'KB/s', 'MB/s', 'GB/s'] as const;

/** A reading as people write it, such as `97 °C`. The unit may be hostile text. */
export function valueText(value: number, unit = ''): string {
  if (unit === 'By/s') {
    const power = Math.min(
      byteUnits.length - 1,
      Math.max(0, Math.floor(Math.log(Math.max(1, Math.abs(value))) / Math.log(kilobyte))),
    );
    return `${rounded(value / kilobyte ** power)} ${byteUnits[power] ?? 'B/s'}`;
  }
  return `${rounded(value)}${units[unit] ?? (unit === '' ? '' : ` ${unit.slice(0, 20)}`)}`;
}

function rounded(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 20 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}
