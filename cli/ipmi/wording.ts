import type { Config } from '#shared/config/index.ts';
import type { PollOutcome, SensorKind, SensorStatus, ServerStatus } from '#shared/model/index.ts';

/** The words of `logpatrol ipmi`. States of sensors stay `[OK]`, `[WARNING]`, `[CRITICAL]` in every language, to be searched for. */
export interface IpmiWording {
  readonly power: string;
  readonly powers: Readonly<Record<ServerStatus['power'], string>>;
  readonly outcomes: Readonly<Record<PollOutcome, string>>;
  readonly kinds: Readonly<Record<SensorKind, string>>;
  readonly wrong: string;
  readonly counts: (count: Readonly<Record<SensorStatus, number>>, total: number) => string;
  readonly faults: string;
  readonly notRead: (count: number) => string;
  readonly okHidden: (count: number) => string;
  readonly log: (entries: number, percent: number | undefined) => string;
  readonly logFull: string;
  readonly noEvents: string;
  readonly clock: (offset: string) => string;
  readonly took: (seconds: string, attempts: number) => string;
  readonly servers: (total: number, of: Readonly<Record<'critical' | 'warning' | 'away', number>>) => string;
  readonly asking: (done: number, total: number) => string;
  readonly password: (user: string, server: string) => string;
  readonly columns: Readonly<
    Record<
      'name' | 'bmc' | 'host' | 'group' | 'state' | 'power' | 'temperature' | 'fan' | 'wrong' | 'lastPoll',
      string
    >
  >;
  readonly never: string;
  readonly off: string;
  readonly ago: (span: string) => string;
  readonly noServers: string;
  readonly watchFoot: (seconds: number, at: string) => string;
  readonly more: (lines: number) => string;
  readonly waiting: string;
}

const en: IpmiWording = {
  power: 'power',
  powers: { on: 'on', off: 'off', unknown: 'unknown' },
  outcomes: { ok: 'answers', unreachable: 'UNREACHABLE', refused: 'REFUSED', invalid: 'INVALID ANSWER' },
  kinds: {
    temperature: 'Temperatures',
    fan: 'Fans',
    voltage: 'Voltages',
    current: 'Currents',
    power: 'Power',
    percent: 'Percentages',
    rate: 'Rates',
    count: 'Counts',
    state: 'States',
    other: 'Others',
  },
  wrong: 'Not well',
  counts: (count, total) =>
    `${count.critical} critical, ${count.warning} warning, ${count.ok} ok of ${total} sensors`,
  faults: 'Chassis',
  notRead: (count) =>
    `${count === 1 ? '1 sensor gives' : `${count} sensors give`} no reading (--all names them)`,
  okHidden: (count) => `${count === 1 ? '1 sensor is' : `${count} sensors are`} well (--all shows them)`,
  log: (entries, percent) =>
    `Event log: ${entries} ${entries === 1 ? 'entry' : 'entries'}${percent === undefined ? '' : `, ${percent}% full`}`,
  logFull: 'FULL: new events are lost; save and clear it',
  noEvents: 'no events',
  clock: (offset) => `the clock of the BMC is off by ${offset}`,
  took: (seconds, attempts) => `${seconds} s${attempts > 1 ? `, ${attempts} attempts` : ''}`,
  servers: (total, { critical, warning, away }) =>
    `${total} ${total === 1 ? 'server' : 'servers'}: ${critical} critical, ${warning} warning, ${away} not answering`,
  asking: (done, total) => `${done} of ${total} servers have answered`,
  password: (user, server) => `Password of ${user} at ${server}`,
  columns: {
    name: 'SERVER',
    bmc: 'BMC',
    host: 'HOST',
    group: 'GROUP',
    state: 'STATE',
    power: 'POWER',
    temperature: 'TEMP',
    fan: 'SLOWEST FAN',
    wrong: 'NOT WELL',
    lastPoll: 'LAST POLL',
  },
  never: 'never polled',
  off: 'disabled',
  ago: (span) => `${span} ago`,
  noServers:
    'No servers are configured. `logpatrol ipmi add` adds one; `--host H --user U` looks at one without.',
  watchFoot: (seconds, at) => `every ${seconds} s · ${at} · Ctrl-C ends`,
  more: (lines) => `… ${lines} more lines; a taller window shows them`,
  waiting: 'waiting for the first answer',
};

const zh: IpmiWording = {
  power: '电源',
  powers: { on: '开机', off: '关机', unknown: '未知' },
  outcomes: { ok: '正常应答', unreachable: '无法连接', refused: '被拒绝', invalid: '应答无效' },
  kinds: {
    temperature: '温度',
    fan: '风扇',
    voltage: '电压',
    current: '电流',
    power: '功率',
    percent: '百分比',
    rate: '速率',
    count: '计数',
    state: '状态',
    other: '其他',
  },
  wrong: '异常',
  counts: (count, total) =>
    `严重 ${count.critical}，警告 ${count.warning}，正常 ${count.ok}，共 ${total} 个传感器`,
  faults: '机箱',
  notRead: (count) => `${count} 个传感器无读数（--all 可列出）`,
  okHidden: (count) => `${count} 个传感器正常（--all 可列出）`,
  log: (entries, percent) => `事件日志：${entries} 条${percent === undefined ? '' : `，已用 ${percent}%`}`,
  logFull: '已满：新事件会丢失，请保存后清空',
  noEvents: '没有事件',
  clock: (offset) => `BMC 时钟偏差 ${offset}`,
  took: (seconds, attempts) => `${seconds} 秒${attempts > 1 ? `，尝试 ${attempts} 次` : ''}`,
  servers: (total, { critical, warning, away }) =>
    `共 ${total} 台服务器：严重 ${critical}，警告 ${warning}，无应答 ${away}`,
  asking: (done, total) => `已有 ${done}/${total} 台服务器应答`,
  password: (user, server) => `${server} 上用户 ${user} 的密码`,
  columns: {
    name: '服务器',
    bmc: 'BMC',
    host: '主机',
    group: '分组',
    state: '状态',
    power: '电源',
    temperature: '平均温度',
    fan: '最慢风扇',
    wrong: '异常项',
    lastPoll: '上次轮询',
  },
  never: '尚未轮询',
  off: '已停用',
  ago: (span) => `${span} 前`,
  noServers: '尚未配置服务器。`logpatrol ipmi add` 可添加；`--host H --user U` 可直接查看。',
  watchFoot: (seconds, at) => `每 ${seconds} 秒刷新 · ${at} · Ctrl-C 退出`,
  more: (lines) => `… 还有 ${lines} 行，放大窗口可见`,
  waiting: '等待首次应答',
};

export function ipmiWording(language: Config['language']): IpmiWording {
  return language === 'en' ? en : zh;
}
