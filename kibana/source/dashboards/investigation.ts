import type { Dashboard } from '../dashboard.ts';
import { text } from '../language.ts';
import { criticalFindings, errorLinesSearch } from '../searches.ts';

const count = { of: 'count', label: text('发现数', 'Findings') } as const;
const lines = { of: 'count', label: text('行', 'Lines') } as const;
const time = (field: string) => ({ by: 'time', field, label: text('时间', 'Time') }) as const;
const service = { by: 'value', field: 'service.name', size: 15, label: text('服务', 'Service') } as const;
const host = { by: 'value', field: 'host.name', size: 15, label: text('主机', 'Host') } as const;

/** 故障调查: from findings to lines. Service and host have one name in both, so that a filter holds for both. */
export const investigation: Dashboard = {
  id: 'investigation',
  title: text('logpatrol · 故障调查', 'logpatrol · Investigation'),
  about: text(
    '发现按严重程度、服务、主机、模板，直到日志行。点击任一服务或主机，即筛选所有面板。',
    'Findings by severity, service, host and template, down to the lines. A click on a service or a host filters every panel.',
  ),
  from: 'now-24h',
  controls: [
    { id: 'service', title: text('服务', 'Service'), dataView: 'findings', field: 'service.name' },
    { id: 'host', title: text('主机', 'Host'), dataView: 'findings', field: 'host.name' },
    { id: 'severity', title: text('严重程度', 'Severity'), dataView: 'findings', field: 'severity' },
  ],
  rows: [
    [
      {
        show: {
          id: 'investigation-severity',
          title: text('严重程度', 'Severity'),
          about: text('发现数。', 'Number of findings.'),
          dataView: 'findings',
          chart: {
            kind: 'pie',
            slices: { by: 'value', field: 'severity', size: 3, label: text('严重程度', 'Severity') },
            value: count,
          },
        },
        width: 12,
        height: 12,
      },
      {
        show: {
          id: 'investigation-over-time',
          title: text('发现随时间变化', 'Findings over time'),
          about: text('按最近一次出现的时间。', 'By when they were seen last.'),
          dataView: 'findings',
          chart: {
            kind: 'xy',
            series: 'bar_stacked',
            x: time('lastSeen'),
            split: { by: 'value', field: 'severity', size: 3, label: text('严重程度', 'Severity') },
            y: [count],
          },
        },
        width: 36,
        height: 12,
      },
    ],
    [
      {
        show: {
          id: 'investigation-services',
          title: text('按服务', 'By service'),
          about: text('发现最多的服务。', 'Services with the most findings.'),
          dataView: 'findings',
          chart: { kind: 'xy', series: 'bar_horizontal', x: service, y: [count] },
        },
        width: 16,
        height: 14,
      },
      {
        show: {
          id: 'investigation-hosts',
          title: text('按主机', 'By host'),
          about: text('发现最多的主机。', 'Hosts with the most findings.'),
          dataView: 'findings',
          chart: { kind: 'xy', series: 'bar_horizontal', x: host, y: [count] },
        },
        width: 16,
        height: 14,
      },
      {
        show: {
          id: 'investigation-heatmap',
          title: text('服务 × 时间', 'Services over time'),
          about: text('颜色越深，发现越多。', 'The darker, the more findings.'),
          dataView: 'findings',
          chart: { kind: 'heatmap', x: time('lastSeen'), y: service, value: count },
        },
        width: 16,
        height: 14,
      },
    ],
    [
      {
        show: {
          id: 'investigation-rules',
          title: text('按规则', 'By rule'),
          about: text(
            '同一规则的发现、日志行和最近一次出现。',
            'Findings of a rule, their lines, and when they were seen last.',
          ),
          dataView: 'findings',
          chart: {
            kind: 'table',
            rows: [
              { by: 'value', field: 'title.keyword', size: 50, label: text('标题', 'Title') },
              { by: 'value', field: 'rule', size: 5, label: text('规则', 'Rule') },
            ],
            columns: [
              count,
              { of: 'sum', field: 'count', label: text('行', 'Lines') },
              { of: 'max', field: 'hostCount', label: text('主机数', 'Hosts') },
            ],
          },
        },
        width: 24,
        height: 13,
      },
      {
        show: {
          id: 'investigation-templates',
          title: text('按模板', 'By template'),
          about: text('由日志模板的频率异常得出的发现。', 'Findings of templates whose rate is unusual.'),
          dataView: 'findings',
          where: 'template.id: *',
          chart: {
            kind: 'table',
            rows: [
              { by: 'value', field: 'template.text.keyword', size: 50, label: text('模板', 'Template') },
              { by: 'value', field: 'service.name', size: 5, label: text('服务', 'Service') },
            ],
            columns: [count, { of: 'sum', field: 'count', label: text('行', 'Lines') }],
          },
        },
        width: 24,
        height: 13,
      },
    ],
    [{ show: criticalFindings, width: 48, height: 13 }],
    [
      {
        show: {
          id: 'investigation-lines',
          title: text('日志行（按级别）', 'Lines by level'),
          about: text('点击打开这些日志行。', 'A click opens the lines.'),
          dataView: 'logs',
          chart: {
            kind: 'xy',
            series: 'bar_stacked',
            x: time('@timestamp'),
            split: {
              by: 'value',
              field: 'log.level',
              size: 8,
              without: true,
              label: text('级别', 'Level'),
            },
            y: [lines],
          },
        },
        width: 32,
        height: 12,
        drillDown: { to: 'discover', label: text('查看日志行', 'Show the lines') },
      },
      {
        show: {
          id: 'investigation-lines-by-host',
          title: text('日志行（按主机）', 'Lines by host'),
          about: text('点击打开这些日志行。', 'A click opens the lines.'),
          dataView: 'logs',
          chart: { kind: 'xy', series: 'bar_horizontal', x: host, y: [lines] },
        },
        width: 16,
        height: 12,
        drillDown: { to: 'discover', label: text('查看日志行', 'Show the lines') },
      },
    ],
    [{ show: errorLinesSearch, width: 48, height: 15 }],
  ],
};
