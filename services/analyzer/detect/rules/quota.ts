import type { Quota, Threshold } from '#shared/model/index.ts';

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A time as `30s`, `5m`, `1h` or `1d`. */
export const durationForm = /^([1-9]\d{0,5})([smhd])$/;
/** So many within so long, as `4 in 1h`. */
export const quotaForm = /^([1-9]\d{0,6}) in ([1-9]\d{0,5}[smhd])$/;
/** From when on lines are an incident, as `5 in 1m`, `5 in 1m by host` or `20 in 1m by address`. */
export const thresholdForm = /^([1-9]\d{0,6}) in ([1-9]\d{0,5}[smhd])(?: by ([A-Za-z_]\w{0,63}))?$/;

/** Milliseconds; `undefined` where the text is no time. */
export function readDuration(text: string): number | undefined {
  const [, amount, unit = ''] = durationForm.exec(text) ?? [];
  const ms = unitMs[unit];
  return amount === undefined || ms === undefined ? undefined : Number(amount) * ms;
}

export function readQuota(text: string): Quota | undefined {
  const [, count, window = ''] = quotaForm.exec(text) ?? [];
  const windowMs = readDuration(window);
  return count === undefined || windowMs === undefined ? undefined : { count: Number(count), windowMs };
}

export function readThreshold(text: string): Threshold | undefined {
  const [, count, window = '', by] = thresholdForm.exec(text) ?? [];
  const windowMs = readDuration(window);
  if (count === undefined || windowMs === undefined) return undefined;
  return { count: Number(count), windowMs, ...(by !== undefined && { by }) };
}

/** As it is written in a pack. */
export function thresholdText(threshold: Threshold): string {
  return `${quotaText(threshold)}${threshold.by === undefined ? '' : ` by ${threshold.by}`}`;
}

/** As it is written in a pack. */
export function quotaText({ count, windowMs }: Quota): string {
  return `${count} in ${durationText(windowMs)}`;
}

/** The largest unit of which it is a whole number. */
export function durationText(ms: number): string {
  const [unit = 's', size = 1000] = Object.entries(unitMs).findLast(([, each]) => ms % each === 0) ?? [];
  return `${ms / size}${unit}`;
}
