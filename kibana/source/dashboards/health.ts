import type { Dashboard } from '../dashboard.ts';
import { text } from '../language.ts';
import type { Colours } from '../lens/panel.ts';
import { errorLines, goingOn, pipelineFailures } from '../queries.ts';

/** Of `health.level`. */
const ofHealth: Colours = {
  from: [
    { value: 0, colour: 'good' },
    { value: 1, colour: 'warning' },
    { value: 2, colour: 'bad' },
  ],
};
/** In milliseconds: what is behind by a minute is no longer live. */
const ofLag: Colours = {
  from: [
    { value: 0, colour: 'good' },
    { value: 10_000, colour: 'warning' },
    { value: 60_000, colour: 'bad' },
  ],
};
const byLogType = { by: 'value', field: 'fields.log_type', size: 10, without: true } as const;

/** 系统健康: the state of everything that is watched, and whether it is watched at all. */
export const health: Dashboard = {
  id: 'health',
  title: text('logpatrol · 系统健康', 'logpatrol · System health'),
  about: text(
    '集群与各服务的状态（可用 / 警告 / 故障）、入库速率与延迟、各服务的错误。',
    'State of the cluster and of each service (available, warning, failed), lines stored and their lag, errors by service.',
  ),
  from: 'now-24h',
  rows: [
    [
      {
        show: {
          id: 'health-overall',
          title: text('集群状态', 'State of the cluster'),
          about: text(
            '所有服务中最差的状态：有未恢复的严重发现为故障，有未恢复的警告为警告，否则为可用。已恢复、仅供参考、旧日志、正常时同样常见或被标为非问题的不计；静默的照计。',
            'The worst of all services: failed with a critical finding that goes on, warning with one of a warning, else available. What is resolved, of information only, of old lines, as frequent in good times or marked as no problem does not count; what is silenced does.',
          ),
          dataView: 'findings',
          chart: {
            kind: 'metric',
            value: { of: 'max', field: 'health.level', label: text('状态', 'State') },
            colours: ofHealth,
          },
        },
        width: 10,
        height: 8,
        last: 'now-30d',
      },
      {
        show: {
          id: 'health-failed-services',
          title: text('故障与警告的服务', 'Services failed and warned of'),
          about: text(
            '此刻处于故障、警告的服务数。',
            'How many services are failed, and how many warned of, now.',
          ),
          dataView: 'findings',
          chart: {
            kind: 'metric',
            value: {
              of: 'distinct',
              field: 'service.name',
              where: 'health.state: failed',
              label: text('故障', 'failed'),
            },
            beside: {
              of: 'distinct',
              field: 'service.name',
              where: 'health.state: warning',
              label: text('警告', 'warning'),
            },
          },
        },
        width: 10,
        height: 8,
        last: 'now-30d',
      },
      {
        show: {
          id: 'health-lag-now',
          title: text('当前入库延迟', 'Lag now'),
          about: text(
            '最近 15 分钟入库的日志行，从日志时间到入库的时间（95 分位）。没有数值表示没有日志入库。',
            'From the time of a line to when it was stored, of the last 15 minutes (95th percentile). Without a value nothing was stored.',
          ),
          dataView: 'logs',
          chart: {
            kind: 'metric',
            value: {
              of: 'percentile',
              field: 'logpatrol.lag_ms',
              percentile: 95,
              label: text('95 分位', '95th percentile'),
            },
            colours: ofLag,
          },
        },
        width: 10,
        height: 8,
        last: 'now-15m',
      },
      {
        show: {
          id: 'health-services',
          title: text('各服务状态', 'State of each service'),
          about: text(
            '30 天内有过发现的服务，最差的在前。点击服务打开其日志行。',
            'Services with a finding within 30 days, the worst first. A click on one opens its lines.',
          ),
          dataView: 'findings',
          chart: {
            kind: 'table',
            rows: [{ by: 'value', field: 'service.name', size: 100, label: text('服务', 'Service') }],
            columns: [
              { of: 'max', field: 'health.level', label: text('状态', 'State') },
              { of: 'count', where: goingOn, label: text('未恢复的发现', 'Findings that go on') },
            ],
            colours: ofHealth,
          },
        },
        width: 18,
        height: 16,
        last: 'now-30d',
        drillDown: { to: 'dashboard', id: 'investigation', label: text('调查此服务', 'Investigate it') },
      },
    ],
    [
      {
        show: {
          id: 'health-ingest-rate',
          title: text('入库速率（行/秒）', 'Lines stored a second'),
          about: text('按日志类型。', 'By log type.'),
          dataView: 'logs',
          chart: {
            kind: 'xy',
            series: 'area_stacked',
            x: { by: 'time', field: '@timestamp', label: text('时间', 'Time') },
            split: { ...byLogType, label: text('日志类型', 'Log type') },
            y: [{ of: 'count', perSecond: true, label: text('行/秒', 'Lines a second') }],
          },
        },
        width: 24,
        height: 12,
      },
      {
        show: {
          id: 'health-lag',
          title: text('入库延迟', 'Lag'),
          about: text('从日志时间到入库的时间。', 'From the time of a line to when it was stored.'),
          dataView: 'logs',
          chart: {
            kind: 'xy',
            series: 'line',
            x: { by: 'time', field: '@timestamp', label: text('时间', 'Time') },
            y: [
              {
                of: 'percentile',
                field: 'logpatrol.lag_ms',
                percentile: 50,
                label: text('50 分位', '50th percentile'),
              },
              {
                of: 'percentile',
                field: 'logpatrol.lag_ms',
                percentile: 95,
                label: text('95 分位', '95th percentile'),
              },
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
          id: 'health-errors',
          title: text('各服务的错误行', 'Error lines by service'),
          about: text('点击打开这些日志行。', 'A click opens the lines.'),
          dataView: 'logs',
          where: errorLines,
          chart: {
            kind: 'xy',
            series: 'bar_stacked',
            x: { by: 'time', field: '@timestamp', label: text('时间', 'Time') },
            split: { by: 'value', field: 'service.name', size: 10, label: text('服务', 'Service') },
            y: [{ of: 'count', label: text('行', 'Lines') }],
          },
        },
        width: 32,
        height: 12,
        drillDown: { to: 'discover', label: text('查看日志行', 'Show the lines') },
      },
      {
        show: {
          id: 'health-pipeline-failures',
          title: text('解析失败', 'Lines that could not be read'),
          about: text('摄取管道无法解析的日志行。', 'By the ingest pipelines.'),
          dataView: 'logs',
          where: pipelineFailures,
          chart: {
            kind: 'table',
            rows: [{ ...byLogType, label: text('日志类型', 'Log type') }],
            columns: [{ of: 'count', label: text('行', 'Lines') }],
          },
        },
        width: 16,
        height: 12,
        drillDown: { to: 'discover', label: text('查看日志行', 'Show the lines') },
      },
    ],
  ],
};
