import type { Config } from '#shared/config/index.ts';
import type { MetricSource, Reading } from '#shared/model/index.ts';
import { type Component, componentOfReading } from '../component.ts';
import type { HardwareService } from '../hit.ts';

const minuteMs = 60_000;

export interface ReadingRule {
  readonly id: string;
  readonly runbook: string;
  readonly title: Record<Config['language'], string>;
}

function rule(id: string, runbook: string, zh: string, en: string): ReadingRule {
  return { id, runbook, title: { 'zh-CN': zh, en } };
}

/** The rules that no pack has, with which findings of readings are made. */
export const rules = {
  temperature: rule(
    'hardware.reading-temperature',
    'server-overheating',
    '温度越界',
    'Temperature beyond its limit',
  ),
  fan: rule('hardware.reading-fan', 'fan-fault', '风扇转速越界或故障', 'Fan beyond its limit or failed'),
  voltage: rule('hardware.reading-voltage', 'power-supply-fault', '电压越界', 'Voltage beyond its limit'),
  current: rule('hardware.reading-current', 'power-supply-fault', '电流越界', 'Current beyond its limit'),
  power: rule('hardware.reading-power', 'power-supply-fault', '功率越界', 'Power beyond its limit'),
  'power-supply': rule(
    'hardware.reading-power-supply',
    'power-supply-fault',
    '电源故障或失去冗余',
    'Power supply failed or redundancy lost',
  ),
  memory: rule('hardware.reading-memory', 'ecc-memory-errors', '内存状态异常', 'Memory in a bad state'),
  processor: rule(
    'hardware.reading-processor',
    'machine-check-errors',
    '处理器状态异常',
    'Processor in a bad state',
  ),
  disk: rule('hardware.reading-disk', 'disk-failing', '硬盘状态异常', 'Drive in a bad state'),
  chassis: rule(
    'hardware.reading-chassis',
    'bmc-housekeeping',
    '机箱被打开或机箱异常',
    'Chassis opened or in a bad state',
  ),
  'event-log': rule(
    'hardware.reading-event-log',
    'bmc-housekeeping',
    '事件日志状态异常',
    'Event log in a bad state',
  ),
  bmc: rule('hardware.reading-bmc', 'bmc-housekeeping', 'BMC 状态异常', 'BMC in a bad state'),
  other: rule('hardware.reading-other', 'sensor-trend', '传感器状态异常', 'Sensor in a bad state'),
  learned: rule(
    'hardware.learned-limit',
    'sensor-trend',
    '读数异于该传感器的历史',
    "Reading unlike the sensor's own history",
  ),
  forecast: rule('hardware.forecast', 'sensor-trend', '温度将越界', 'Temperature will cross its limit'),
  fanSlowing: rule('hardware.fan-slowing', 'fan-fault', '风扇逐日变慢', 'Fan has become slower'),
  sensorLost: rule(
    'hardware.sensor-lost',
    'sensor-trend',
    '部件不再有读数',
    'A part no longer reads anything',
  ),
  unreachable: rule('hardware.bmc-unreachable', 'bmc-unreachable', 'BMC 无法连接', 'BMC cannot be reached'),
  refused: rule('hardware.bmc-refused', 'bmc-unreachable', 'BMC 拒绝登录', 'BMC refuses the login'),
  invalid: rule(
    'hardware.bmc-invalid',
    'bmc-unreachable',
    'BMC 回答无法理解',
    'BMC gives answers that make no sense',
  ),
  systemCpu: rule('system.cpu', 'app-slow-or-overloaded', '处理器持续繁忙', 'Processor busy for minutes'),
  systemMemory: rule('system.memory', 'host-out-of-memory', '内存将用尽', 'Memory nearly used up'),
  systemSwap: rule('system.swap', 'host-out-of-memory', '交换区将用尽', 'Swap nearly used up'),
  systemDisk: rule('system.disk', 'disk-full', '文件系统将满', 'File system nearly full'),
  systemDiskIo: rule('system.disk-io', 'app-slow-or-overloaded', '磁盘读写饱和', 'Disk saturated'),
  systemOther: rule(
    'system.other',
    'app-slow-or-overloaded',
    '系统资源越界',
    'A resource of the system beyond its limit',
  ),
  systemForecast: rule('system.disk-forecast', 'disk-full', '文件系统将被写满', 'File system will fill up'),
} as const satisfies Record<string, ReadingRule>;

/** Every rule id with its runbook. */
export const readingRules: readonly { readonly id: string; readonly runbook: string }[] = Object.values(
  rules,
).map(({ id, runbook }) => ({ id, runbook }));

/** How a reading is judged. */
export interface Policy {
  readonly rule: ReadingRule;
  readonly component: Component;
  readonly service: HardwareService;
  readonly type: string;
  /** Polls in a row beyond a limit, and the time that they span at the least, in milliseconds. */
  readonly polls: number;
  readonly sustainMs: number;
  readonly criticalAtOnce: boolean;
}

/** By the names that the service `ipmi` gives them. What is busy for a moment is at work: only file systems are told at once. */
const systemPolicies: readonly {
  readonly name: RegExp;
  readonly rule: ReadingRule;
  readonly component: Component;
  readonly sustainMs: number;
}[] = [
  { name: /^file system /i, rule: rules.systemDisk, component: 'disk', sustainMs: 0 },
  { name: /^disk .+ busy$/i, rule: rules.systemDiskIo, component: 'disk', sustainMs: 30 * minuteMs },
  { name: /^disk /i, rule: rules.systemDiskIo, component: 'disk', sustainMs: 5 * minuteMs },
  { name: /^swap /i, rule: rules.systemSwap, component: 'memory', sustainMs: 5 * minuteMs },
  { name: /^memory /i, rule: rules.systemMemory, component: 'memory', sustainMs: 2 * minuteMs },
  { name: /^(?:cpu|load) /i, rule: rules.systemCpu, component: 'processor', sustainMs: 5 * minuteMs },
];

/** How readings of such a sensor are judged. */
export function policyOf(
  source: MetricSource,
  reading: Pick<Reading, 'sensor' | 'sensorKind' | 'entity'>,
  confirmPolls: number,
): Policy {
  const component = componentOfReading(reading);
  const common = { polls: confirmPolls, type: source };
  if (source === 'system' && reading.sensorKind !== 'temperature' && reading.sensorKind !== 'fan') {
    const found = systemPolicies.find(({ name }) => name.test(reading.sensor));
    return {
      ...common,
      rule: found?.rule ?? rules.systemOther,
      component: found?.component ?? 'system',
      service: 'system',
      sustainMs: found?.sustainMs ?? 2 * minuteMs,
      criticalAtOnce: found?.sustainMs === 0,
    };
  }
  return {
    ...common,
    rule: ruleOf(reading.sensorKind, component),
    component,
    service: source === 'system' ? 'system' : 'hardware',
    sustainMs: 0,
    criticalAtOnce: true,
  };
}

function ruleOf(kind: Reading['sensorKind'], component: Component): ReadingRule {
  if (kind === 'current' || kind === 'power') return rules[kind];
  return component === 'system' ? rules.other : rules[component];
}
