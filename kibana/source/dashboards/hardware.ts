import type { Dashboard } from '../dashboard.ts';
import { type Text, text } from '../language.ts';
import type { Metric } from '../lens/columns.ts';
import { selEvents } from '../queries.ts';

const time = { by: 'time', field: '@timestamp', label: text('时间', 'Time') } as const;
const host = { by: 'value', field: 'host', size: 20, label: text('主机', 'Host') } as const;
const newest = (field: string, label: Text, type: 'string' | 'number' = 'string'): Metric => ({
  of: 'newest',
  field,
  by: '@timestamp',
  type,
  label,
});

/** 硬件: what BMCs and machines themselves say. */
export const hardware: Dashboard = {
  id: 'hardware',
  title: text('logpatrol · 硬件', 'logpatrol · Hardware'),
  about: text(
    '服务器状态、温度、风扇、功率、异常传感器与 BMC 事件日志（SEL）。',
    'State of servers, temperatures, fans, power, sensors that are not well, and event logs of BMCs (SEL).',
  ),
  from: 'now-24h',
  rows: [
    [
      {
        show: {
          id: 'hardware-unreachable',
          title: text('无法访问的服务器', 'Servers out of reach'),
          about: text(
            '最近 15 分钟内至少一次轮询无应答；后面是全部服务器。',
            'At least one poll without an answer within 15 minutes; beside it all servers.',
          ),
          dataView: 'server-status',
          chart: {
            kind: 'metric',
            value: {
              of: 'distinct',
              field: 'server',
              where: 'outcome: unreachable',
              label: text('无应答', 'out of reach'),
            },
            beside: { of: 'distinct', field: 'server', label: text('全部', 'all') },
            colours: {
              from: [
                { value: 0, colour: 'good' },
                { value: 1, colour: 'bad' },
              ],
            },
          },
        },
        width: 12,
        height: 8,
        last: 'now-15m',
      },
      {
        show: {
          id: 'hardware-outcomes',
          title: text('轮询结果', 'Polls by outcome'),
          about: text('每种结果涉及的服务器数。', 'How many servers had each outcome.'),
          dataView: 'server-status',
          chart: {
            kind: 'pie',
            slices: { by: 'value', field: 'outcome', size: 5, label: text('结果', 'Outcome') },
            value: { of: 'distinct', field: 'server', label: text('服务器', 'Servers') },
          },
        },
        width: 12,
        height: 8,
      },
      {
        show: {
          id: 'hardware-sel-fill',
          title: text('SEL 使用率（最满的一台）', 'SEL of the fullest BMC'),
          about: text('满了就不再记录新事件。', 'A full one takes no more events.'),
          dataView: 'server-status',
          chart: {
            kind: 'gauge',
            value: {
              of: 'max',
              field: 'sel.percentUsed',
              label: text('已用', 'used'),
              format: { id: 'number', params: { decimals: 0, suffix: '%' } },
            },
            most: 100,
            colours: {
              from: [
                { value: 0, colour: 'good' },
                { value: 80, colour: 'warning' },
                { value: 95, colour: 'bad' },
              ],
            },
          },
        },
        width: 24,
        height: 8,
      },
    ],
    [
      {
        show: {
          id: 'hardware-servers',
          title: text('服务器', 'Servers'),
          about: text(
            '最近一次轮询所得。点击主机打开其日志行。',
            'As of the newest poll. A click on a host opens its lines.',
          ),
          dataView: 'server-status',
          chart: {
            kind: 'table',
            rows: [
              { by: 'value', field: 'server', size: 100, label: text('服务器', 'Server') },
              { by: 'value', field: 'host', size: 1, label: text('主机', 'Host') },
            ],
            columns: [
              { of: 'max', field: 'failures', label: text('连续失败', 'Failures in a row') },
              newest('health', text('健康', 'Health')),
              newest('outcome', text('轮询', 'Poll')),
              newest('power', text('电源', 'Power')),
              newest('temperatureMean', text('平均温度 °C', 'Mean temperature °C'), 'number'),
              newest('fanMin', text('最慢风扇 RPM', 'Slowest fan RPM'), 'number'),
              newest('powerWatts', text('功率 W', 'Power W'), 'number'),
            ],
          },
        },
        width: 48,
        height: 13,
      },
    ],
    [
      {
        show: {
          id: 'hardware-temperatures',
          title: text('最高温度（°C）', 'Highest temperature (°C)'),
          about: text('每台主机最热的传感器。', 'The hottest sensor of each host.'),
          dataView: 'metrics',
          where: 'sensorKind: temperature',
          chart: {
            kind: 'xy',
            series: 'line',
            x: time,
            split: host,
            y: [{ of: 'max', field: 'value', label: text('°C', '°C') }],
          },
        },
        width: 24,
        height: 12,
      },
      {
        show: {
          id: 'hardware-fans',
          title: text('最慢风扇（RPM）', 'Slowest fan (RPM)'),
          about: text('每台主机最慢的风扇。', 'The slowest fan of each host.'),
          dataView: 'metrics',
          where: 'sensorKind: fan and unit: RPM',
          chart: {
            kind: 'xy',
            series: 'line',
            x: time,
            split: host,
            y: [{ of: 'min', field: 'value', label: text('RPM', 'RPM') }],
          },
        },
        width: 24,
        height: 12,
      },
    ],
    [
      {
        show: {
          id: 'hardware-heatmap',
          title: text('温度：主机 × 时间', 'Temperature: hosts over time'),
          about: text('每台主机最热的传感器。', 'The hottest sensor of each host.'),
          dataView: 'metrics',
          where: 'sensorKind: temperature',
          chart: {
            kind: 'heatmap',
            x: time,
            y: host,
            value: { of: 'max', field: 'value', label: text('°C', '°C') },
          },
        },
        width: 24,
        height: 13,
      },
      {
        show: {
          id: 'hardware-sensors',
          title: text('异常传感器', 'Sensors that are not well'),
          about: text('按其阈值处于警告或严重的读数。', 'Readings beyond their thresholds.'),
          dataView: 'metrics',
          where: 'status: (warning or critical) and not ignored: true',
          chart: {
            kind: 'table',
            rows: [
              { ...host, size: 50 },
              { by: 'value', field: 'sensor', size: 10, label: text('传感器', 'Sensor') },
            ],
            columns: [
              { of: 'count', label: text('读数', 'Readings') },
              newest('status', text('状态', 'Status')),
              newest('value', text('值', 'Value'), 'number'),
            ],
          },
        },
        width: 24,
        height: 13,
      },
    ],
    [
      {
        show: {
          id: 'hardware-power',
          title: text('功率（W）', 'Power (W)'),
          about: text('每台服务器的平均功率。', 'Mean of each server.'),
          dataView: 'server-status',
          chart: {
            kind: 'xy',
            series: 'line',
            x: time,
            split: { by: 'value', field: 'server', size: 20, label: text('服务器', 'Server') },
            y: [{ of: 'average', field: 'powerWatts', label: text('W', 'W') }],
          },
        },
        width: 16,
        height: 12,
      },
      {
        show: {
          id: 'hardware-sel',
          title: text('BMC 事件（按严重程度）', 'BMC events by severity'),
          about: text('点击打开这些事件。', 'A click opens the events.'),
          dataView: 'logs',
          where: selEvents,
          chart: {
            kind: 'xy',
            series: 'bar_stacked',
            x: time,
            split: { by: 'value', field: 'ipmi.severity', size: 3, label: text('严重程度', 'Severity') },
            y: [{ of: 'count', label: text('事件', 'Events') }],
          },
        },
        width: 16,
        height: 12,
        drillDown: { to: 'discover', label: text('查看事件', 'Show the events') },
      },
      {
        show: {
          id: 'hardware-sel-sensors',
          title: text('BMC 事件（按主机与部件）', 'BMC events by host and part'),
          about: text('IPMI 所称的传感器类型。', 'Types of sensors as IPMI names them.'),
          dataView: 'logs',
          where: selEvents,
          chart: {
            kind: 'table',
            rows: [
              { by: 'value', field: 'host.name', size: 50, label: text('主机', 'Host') },
              { by: 'value', field: 'ipmi.sensor.type', size: 10, label: text('部件', 'Part') },
            ],
            columns: [
              { of: 'count', label: text('事件', 'Events') },
              { of: 'count', where: 'ipmi.severity: critical', label: text('严重', 'critical') },
            ],
          },
        },
        width: 16,
        height: 12,
        drillDown: { to: 'discover', label: text('查看事件', 'Show the events') },
      },
    ],
  ],
};
