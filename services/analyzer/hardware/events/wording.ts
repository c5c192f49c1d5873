import type { Language } from '../../detect/index.ts';
import type { Standing } from './state.ts';

/** As people write them. */
const units: Readonly<Record<string, string>> = { Cel: '°C' };

/** The sentence of a finding about states that stay, or about events. */
export function standingDetail(
  {
    label,
    standing,
    count,
    waited,
  }: { label: string; standing: readonly Standing[]; count: number; waited: number },
  language: Language,
): string {
  const isEnglish = language === 'en';
  const said = [...new Set(standing.map((each) => `${each.words}${readingText(each, isEnglish)}`))].join(
    isEnglish ? '; ' : '；',
  );
  const often = count > 1 ? (isEnglish ? `, ${count} times` : `，共 ${count} 次`) : '';
  const seconds = Math.round(waited / 1000);
  const still = waited > 0 ? (isEnglish ? `, not over after ${seconds} s` : `，${seconds} 秒后仍未恢复`) : '';
  return isEnglish ? `${label}: ${said}${often}${still}` : `${label}：${said}${often}${still}`;
}

function readingText({ reading }: Standing, isEnglish: boolean): string {
  if (reading?.value === undefined) return '';
  const unit = reading.unit === undefined ? '' : ` ${units[reading.unit] ?? reading.unit}`;
  const limit = reading.threshold;
  if (isEnglish)
    return ` (reading ${reading.value}${unit}${limit === undefined ? '' : `, limit ${limit}${unit}`})`;
  return `（读数 ${reading.value}${unit}${limit === undefined ? '' : `，阈值 ${limit}${unit}`}）`;
}

export function flappingDetail(
  { label, words, times, minutes }: { label: string; words: string; times: number; minutes: number },
  language: Language,
): string {
  return language === 'en'
    ? `${label}: ${words} came and went by itself ${times} times within ${minutes} min`
    : `${label}：${words} 在 ${minutes} 分钟内出现并自行恢复 ${times} 次`;
}

/** @param trend on how many complete days, how many errors on the last of them, and in how many days they double */
export function memoryDetail(
  {
    label,
    day,
    trend,
  }: {
    label: string;
    day: number;
    trend?: { days: number; last: number; doublingDays: number } | undefined;
  },
  language: Language,
): string {
  const isEnglish = language === 'en';
  const base = isEnglish
    ? `${label}: ${day} corrected memory errors within 24 h`
    : `${label}：24 小时内 ${day} 次可纠正内存错误`;
  if (trend === undefined) return base;
  const doubling = Number(trend.doublingDays.toFixed(1));
  return isEnglish
    ? `${base}; rising over ${trend.days} days, ${trend.last} on the last, doubling every ${doubling} days`
    : `${base}；${trend.days} 天来持续增多，最近一天 ${trend.last} 次，约每 ${doubling} 天翻一番`;
}
