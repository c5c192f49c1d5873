import type { Dashboard, Placed } from '../dashboard.ts';
import type { DataViewName } from '../data-views.ts';
import { type Text, text } from '../language.ts';
import type { Bucket, Metric } from '../lens/columns.ts';
import { failedDeliveries } from '../queries.ts';

/** Notified of within so many milliseconds is in time. */
const promisedMs = 5000;
const told = 'outcome: (sent or digested)';

function percentile(field: string, percent: number, label: Text, where?: string): Metric {
  return { of: 'percentile', field, percentile: percent, label, ...(where !== undefined && { where }) };
}
const percent = (number: number): Text => text(`${number} 分位`, `${number}th percentile`);

function howLong(id: string, title: Text, about: Text, dataView: DataViewName, field: string): Placed {
  return {
    show: {
      id: `timeliness-${id}`,
      title,
      about,
      dataView,
      chart: {
        kind: 'metric',
        value: percentile(field, 95, percent(95)),
        beside: percentile(field, 50, percent(50)),
      },
    },
    width: 12,
    height: 7,
  };
}

function overTime(
  id: string,
  title: Text,
  dataView: DataViewName,
  time: string,
  y: [Metric, ...Metric[]],
): Placed {
  return {
    show: {
      id: `timeliness-${id}`,
      title,
      about: text('随时间变化。', 'Over time.'),
      dataView,
      chart: { kind: 'xy', series: 'line', x: { by: 'time', field: time, label: text('时间', 'Time') }, y },
    },
    width: 24,
    height: 11,
  };
}

const detect = text('发现', 'detected');
const acknowledge = text('认领', 'acknowledged');
const resolve = text('恢复', 'resolved');

function tableOf(id: string, title: Text, row: Bucket): Placed {
  return {
    show: {
      id: `timeliness-${id}`,
      title,
      about: text('均为 95 分位。', 'Each the 95th percentile.'),
      dataView: 'findings',
      where: 'timing.detect_ms: *',
      chart: {
        kind: 'table',
        rows: [row],
        columns: [
          { of: 'count', label: text('发现数', 'Findings') },
          percentile('timing.detect_ms', 95, detect),
          percentile('timing.acknowledge_ms', 95, acknowledge),
          percentile('timing.resolve_ms', 95, resolve),
        ],
      },
    },
    width: 24,
    height: 12,
  };
}

/** 告警时效: how long it takes from the first line until it is found, told, taken on and over. */
export const timeliness: Dashboard = {
  id: 'timeliness',
  title: text('logpatrol · 告警时效', 'logpatrol · Timeliness of alerts'),
  about: text(
    '从第一行日志到达，到发现、通知、认领、恢复的时间，以及各渠道的响应时间与失败原因。',
    'From the arrival of the first line until it is found, told, taken on and over; response times of channels, and why they fail.',
  ),
  from: 'now-7d',
  rows: [
    [
      howLong(
        'detect',
        text('发现用时', 'Time to detect'),
        text(
          '从第一行日志到达总线，到产生发现。',
          'From the arrival of the first line on the bus to the first finding.',
        ),
        'findings',
        'timing.detect_ms',
      ),
      howLong(
        'notify',
        text('通知用时', 'Time to notify'),
        text(
          '从第一行日志到达总线，到渠道确认收到首张卡片。',
          'From the arrival of the first line on the bus to when the channel had accepted the first card.',
        ),
        'deliveries',
        'latency_ms',
      ),
      howLong(
        'acknowledge',
        text('认领用时', 'Time to acknowledge'),
        text(
          '从第一行日志到达，到有人认领；重新打开的从重新发现算起。',
          'From the arrival of the first line until somebody took it on; of a reopened one from when it was found again.',
        ),
        'findings',
        'timing.acknowledge_ms',
      ),
      howLong(
        'resolve',
        text('恢复用时', 'Time to resolve'),
        text('从第一行日志到达，到恢复。', 'From the arrival of the first line until it was over.'),
        'findings',
        'timing.resolve_ms',
      ),
    ],
    [
      overTime('detect-over-time', text('发现用时', 'Time to detect'), 'findings', 'lastSeen', [
        percentile('timing.detect_ms', 50, percent(50)),
        percentile('timing.detect_ms', 95, percent(95)),
        percentile('timing.detect_ms', 99, percent(99)),
      ]),
      overTime('notify-over-time', text('通知用时', 'Time to notify'), 'deliveries', '@timestamp', [
        percentile('latency_ms', 50, percent(50)),
        percentile('latency_ms', 95, percent(95)),
        percentile('latency_ms', 99, percent(99)),
      ]),
    ],
    [
      overTime(
        'people-over-time',
        text('认领与恢复用时（50 分位）', 'Time to acknowledge and to resolve (median)'),
        'findings',
        'lastSeen',
        [percentile('timing.acknowledge_ms', 50, acknowledge), percentile('timing.resolve_ms', 50, resolve)],
      ),
      {
        show: {
          id: 'timeliness-in-time',
          title: text('5 秒内通知的比例', 'Told within 5 seconds'),
          about: text('占所有首张卡片的百分比，目标 95%。', 'Percent of all first cards; 95 are aimed at.'),
          dataView: 'deliveries',
          where: told,
          chart: {
            kind: 'gauge',
            value: {
              of: 'percentile-rank',
              field: 'latency_ms',
              value: promisedMs,
              label: text('5 秒内', 'within 5 s'),
              format: { id: 'number', params: { decimals: 1, suffix: '%' } },
            },
            most: 100,
            goal: 95,
            colours: {
              from: [
                { value: 0, colour: 'bad' },
                { value: 80, colour: 'warning' },
                { value: 95, colour: 'good' },
              ],
            },
          },
        },
        width: 24,
        height: 11,
      },
    ],
    [
      tableOf('by-service', text('按服务', 'By service'), {
        by: 'value',
        field: 'service.name',
        size: 50,
        label: text('服务', 'Service'),
      }),
      tableOf('by-owner', text('按负责团队', 'By owner'), {
        by: 'value',
        field: 'assets.owner',
        size: 50,
        label: text('负责团队（资产清单）', 'Owner, as the inventory says'),
      }),
    ],
    [
      {
        show: {
          id: 'timeliness-response',
          title: text(
            '渠道响应时间（response_time_ms，95 分位）',
            'Response time of channels (response_time_ms, 95th percentile)',
          ),
          about: text('每次调用渠道接口的耗时。', "Duration of each call to the channel's far side."),
          dataView: 'deliveries',
          where: 'response_time_ms: *',
          chart: {
            kind: 'xy',
            series: 'line',
            x: { by: 'time', field: '@timestamp', label: text('时间', 'Time') },
            split: { by: 'value', field: 'channel', size: 10, label: text('渠道', 'Channel') },
            y: [percentile('response_time_ms', 95, percent(95))],
          },
        },
        width: 24,
        height: 12,
      },
      {
        show: {
          id: 'timeliness-channels',
          title: text('各渠道', 'Channels'),
          about: text(
            '调用、送达与失败，响应时间分位数。',
            'Accepted, given up, and percentiles of the response time.',
          ),
          dataView: 'deliveries',
          chart: {
            kind: 'table',
            rows: [{ by: 'value', field: 'channel', size: 20, label: text('渠道', 'Channel') }],
            columns: [
              { of: 'count', label: text('记录', 'Records') },
              { of: 'count', where: told, label: text('送达', 'Accepted') },
              { of: 'count', where: 'outcome: dead', label: text('失败', 'Given up') },
              percentile('response_time_ms', 50, percent(50)),
              percentile('response_time_ms', 95, percent(95)),
              percentile('response_time_ms', 99, percent(99)),
            ],
          },
        },
        width: 24,
        height: 12,
      },
    ],
    [
      {
        show: {
          id: 'timeliness-failures',
          title: text('失败原因', 'Failures by cause'),
          about: text(
            'retryable：会重试；permanent：不会成功；unknown：原因不明。',
            'retryable: tried again; permanent: never will work; unknown: who knows.',
          ),
          dataView: 'deliveries',
          where: failedDeliveries,
          chart: {
            kind: 'xy',
            series: 'bar_stacked',
            x: { by: 'time', field: '@timestamp', label: text('时间', 'Time') },
            split: { by: 'value', field: 'cause', size: 3, label: text('原因', 'Cause') },
            y: [{ of: 'count', label: text('次', 'Calls') }],
          },
        },
        width: 24,
        height: 12,
        drillDown: { to: 'discover', label: text('查看投递记录', 'Show the deliveries') },
      },
      {
        show: {
          id: 'timeliness-notify-by-service',
          title: text('通知用时（按服务）', 'Time to notify by service'),
          about: text('首张卡片的用时。', 'Of first cards.'),
          dataView: 'deliveries',
          where: 'latency_ms: *',
          chart: {
            kind: 'table',
            rows: [{ by: 'value', field: 'service', size: 50, label: text('服务', 'Service') }],
            columns: [
              { of: 'count', label: text('卡片', 'Cards') },
              percentile('latency_ms', 50, percent(50)),
              percentile('latency_ms', 95, percent(95)),
            ],
          },
        },
        width: 24,
        height: 12,
      },
    ],
  ],
};
