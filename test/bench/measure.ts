import { readFileSync } from 'node:fs';

/** The value that half of the numbers are below. */
export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** The value that a share `q` of the numbers are at or below (nearest rank). NaN where there are none. */
export function quantile(numbers: readonly number[], q: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/** The most memory that a process has held at once, in bytes, as Linux counts it. */
export function peakResidentBytes(pid: number): number {
  const match = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1] ?? Number.NaN) * 1024;
}

export const megabytes = (bytes: number): number => Math.round(bytes / 1e5) / 10;
