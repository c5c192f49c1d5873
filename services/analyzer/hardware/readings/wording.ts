import type { Config } from '#shared/config/index.ts';
import { valueText } from '../wording.ts';
import type { Crossed } from './text.ts';

/** The sentences of findings of readings, with the numbers that they rest on. Names are hostile text. */
interface Words {
  limit(each: {
    sensor: string;
    value: number;
    unit: string | undefined;
    severity: 'warning' | 'critical';
    crossed: Crossed | undefined;
  }): string;
  states(sensor: string, states: readonly string[]): string;
  learned(each: {
    sensor: string;
    value: number;
    unit: string | undefined;
    least: number;
    most: number;
    median: number;
    days: number;
  }): string;
  forecast(each: {
    sensor: string;
    value: number;
    unit: string | undefined;
    perHour: number;
    low: number;
    high: number;
    limit: number;
    hours: number;
    latest: number;
    over: number;
  }): string;
  fanByFans(each: { sensor: string; drop: number; now: number; before: number; days: number }): string;
  fanByTemperature(each: { sensor: string; drop: number; now: number; before: number; days: number }): string;
  lost(sensor: string, minutes: number): string;
  unreachable(server: string, polls: number, reason: string): string;
  refused(server: string, reason: string): string;
  invalid(server: string, polls: number, reason: string): string;
}

const round = (value: number): string =>
  String(Number(value.toFixed(Math.abs(value) >= 10 ? 0 : Math.abs(value) >= 1 ? 1 : 2)));
const reasonText = (reason: string, before: string, after: string): string =>
  reason === '' ? '' : `${before}${reason.slice(0, 300).toWellFormed()}${after}`;

export const wording: Record<Config['language'], Words> = {
  'zh-CN': {
    limit: ({ sensor, value, unit, severity, crossed }) => {
      const level = severity === 'critical' ? '严重' : '警告';
      const read = `${sensor} 读数 ${valueText(value, unit)}`;
      if (crossed === undefined) return `${read}，状态为${level}。`;
      return `${read}，${crossed.side === 'above' ? '达到或高于' : '达到或低于'}${level}阈值 ${valueText(crossed.limit, unit)}。`;
    },
    states: (sensor, states) => `${sensor} 的状态：${states.join('、')}。`,
    learned: ({ sensor, value, unit, least, most, median, days }) =>
      `${sensor} 一小时的中位数为 ${valueText(value, unit)}；${round(days)} 天的历史中在 ${valueText(least, unit)} 到 ${valueText(most, unit)} 之间，通常 ${valueText(median, unit)}。`,
    forecast: ({ sensor, value, unit, perHour, low, high, limit, hours, latest, over }) =>
      `${sensor} 现为 ${valueText(value, unit)}，近 ${round(over)} 小时每小时上升 ${round(perHour)}（99% 区间 ${round(low)} 到 ${round(high)}，已扣除日周期）；预计约 ${round(hours)} 小时后达到 ${valueText(limit, unit)}，最迟 ${round(latest)} 小时。`,
    fanByFans: ({ sensor, drop, now, before, days }) =>
      `${sensor} 相对本机其他风扇慢了 ${round(drop)}%：现约 ${round(now)} RPM，按 ${round(days)} 天前的比例应约 ${round(before)} RPM；其他风扇没有同样变慢。`,
    fanByTemperature: ({ sensor, drop, now, before, days }) =>
      `${sensor} 在相近温度下慢了 ${round(drop)}%：现约 ${round(now)} RPM，${round(days)} 天前约 ${round(before)} RPM。`,
    lost: (sensor, minutes) =>
      `${sensor} 一直有读数，现已 ${round(minutes)} 分钟没有，而主机开机、其他传感器正常。`,
    unreachable: (server, polls, reason) =>
      `${server} 的 BMC 连续 ${polls} 次没有回答${reasonText(reason, '：', '')}。这不说明服务器本身有故障。`,
    refused: (server, reason) =>
      `${server} 的 BMC 拒绝登录${reasonText(reason, '：', '')}。请检查用户、密码与权限。`,
    invalid: (server, polls, reason) =>
      `${server} 的 BMC 连续 ${polls} 次回答无法理解${reasonText(reason, '：', '')}。`,
  },
  en: {
    limit: ({ sensor, value, unit, severity, crossed }) => {
      const read = `${sensor} reads ${valueText(value, unit)}`;
      if (crossed === undefined) return `${read}, which is ${severity}.`;
      return `${read}, ${crossed.side === 'above' ? 'at or above' : 'at or below'} its ${severity} limit of ${valueText(crossed.limit, unit)}.`;
    },
    states: (sensor, states) => `${sensor} says: ${states.join(', ')}.`,
    learned: ({ sensor, value, unit, least, most, median, days }) =>
      `${sensor} had a median of ${valueText(value, unit)} within an hour; in ${round(days)} days of history between ${valueText(least, unit)} and ${valueText(most, unit)}, usually ${valueText(median, unit)}.`,
    forecast: ({ sensor, value, unit, perHour, low, high, limit, hours, latest, over }) =>
      `${sensor} is at ${valueText(value, unit)} and has risen by ${round(perHour)} an hour for ${round(over)} h (${round(low)} to ${round(high)} by 99%, its daily cycle taken out); it will reach ${valueText(limit, unit)} in about ${round(hours)} h, in ${round(latest)} h at the latest.`,
    fanByFans: ({ sensor, drop, now, before, days }) =>
      `${sensor} is ${round(drop)}% slower than it was, measured by this machine's other fans: about ${round(now)} RPM, where as ${round(days)} days ago it would be about ${round(before)}.`,
    fanByTemperature: ({ sensor, drop, now, before, days }) =>
      `${sensor} is ${round(drop)}% slower at like temperature: about ${round(now)} RPM, ${round(days)} days ago about ${round(before)}.`,
    lost: (sensor, minutes) =>
      `${sensor} used to read something and has not for ${round(minutes)} min, while the machine is on and its other sensors read.`,
    unreachable: (server, polls, reason) =>
      `The BMC of ${server} has not answered ${polls} times in a row${reasonText(reason, ': ', '')}. That says nothing of the server itself.`,
    refused: (server, reason) =>
      `The BMC of ${server} refuses the login${reasonText(reason, ': ', '')}. Check user, password and privilege.`,
    invalid: (server, polls, reason) =>
      `The BMC of ${server} gave answers that make no sense ${polls} times in a row${reasonText(reason, ': ', '')}.`,
  },
};
