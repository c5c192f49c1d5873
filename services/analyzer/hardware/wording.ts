import type { Config } from '#shared/config/index.ts';
import type { Component } from './component.ts';

type Language = Config['language'];

const componentNames: Record<Language, Record<Component, string>> = {
  'zh-CN': {
    temperature: '温度',
    fan: '风扇',
    'power-supply': '电源',
    voltage: '电压',
    memory: '内存',
    processor: '处理器',
    disk: '硬盘',
    chassis: '机箱',
    'event-log': '事件日志',
    bmc: 'BMC',
    system: '系统',
    other: '其他部件',
  },
  en: {
    temperature: 'temperature',
    fan: 'fan',
    'power-supply': 'power supply',
    voltage: 'voltage',
    memory: 'memory',
    processor: 'processor',
    disk: 'disk',
    chassis: 'chassis',
    'event-log': 'event log',
    bmc: 'BMC',
    system: 'system',
    other: 'other part',
  },
};

/** What a part is called. */
export function componentName(component: Component, language: Language): string {
  return componentNames[language][component];
}

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
