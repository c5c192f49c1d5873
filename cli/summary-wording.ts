import type { Config } from '#shared/config/index.ts';

/** The words of a summary's page. */
export interface SummaryWording {
  readonly everything: string;
  readonly host: string;
  readonly type: string;
  readonly containing: string;
  readonly lines: string;
  readonly errors: string;
  readonly usually: string;
  readonly noPast: string;
  readonly peak: (count: string, per: string, at: string) => string;
  readonly hosts: string;
  readonly sampled: (read: string) => string;
  readonly findings: string;
  readonly patterns: string;
  readonly traces: string;
  readonly isNew: (windows: number) => string;
  readonly frequent: string;
  readonly missing: string;
  readonly kinds: (shown: number, all: number) => string;
  readonly first: string;
  readonly last: string;
  readonly nothing: string;
  readonly others: string;
  readonly nobody: string;
  readonly count: string;
  readonly usual: string;
  readonly change: string;
  readonly level: string;
  readonly template: string;
  readonly new: string;
  readonly rare: string;
  readonly levels: Readonly<Record<'fatal' | 'error' | 'warning' | 'info' | 'debug' | 'none', string>>;
  readonly states: Readonly<Record<'open' | 'acknowledged' | 'resolved', string>>;
}

const en: SummaryWording = {
  everything: 'all services',
  host: 'host',
  type: 'type',
  containing: 'containing',
  lines: 'lines',
  errors: 'errors',
  usually: 'usually',
  noPast: 'no earlier lines are stored to compare with',
  peak: (count, per, at) => `at most ${count} in ${per}, at ${at}`,
  hosts: 'Hosts',
  sampled: (read) => `${read} of them were read, evenly over the time; counts by kind are estimates`,
  findings: 'Findings in this time',
  patterns: 'Known patterns',
  traces: 'Stack traces',
  isNew: (windows) =>
    `New: not in ${windows === 1 ? 'the earlier time' : `the ${windows} earlier times`} compared with`,
  frequent: 'Most frequent',
  missing: 'Missing: usual, and not there now',
  kinds: (shown, all) => `${shown} of ${all} kinds of lines; --format json has more`,
  first: 'First',
  last: 'Last',
  nothing: 'No stored lines.',
  others: 'Services that have lines in this time:',
  nobody: 'No service has lines in this time.',
  count: 'COUNT',
  usual: 'USUAL',
  change: 'CHANGE',
  level: 'LEVEL',
  template: 'LINE',
  new: 'new',
  rare: 'rare',
  levels: {
    fatal: 'fatal',
    error: 'error',
    warning: 'warning',
    info: 'info',
    debug: 'debug',
    none: 'no level',
  },
  states: { open: 'open', acknowledged: 'acknowledged', resolved: 'resolved' },
};

const zh: SummaryWording = {
  everything: '所有服务',
  host: '主机',
  type: '类型',
  containing: '包含',
  lines: '行',
  errors: '错误',
  usually: '平时',
  noPast: '没有更早的日志可供比较',
  peak: (count, per, at) => `最多 ${per} ${count} 行（${at}）`,
  hosts: '主机',
  sampled: (read) => `其中均匀抽取 ${read} 行阅读；分类计数为估计值`,
  findings: '此时段的告警',
  patterns: '已知模式',
  traces: '异常堆栈',
  isNew: (windows) => `新出现：之前对比的 ${windows} 个时段里没有`,
  frequent: '最频繁',
  missing: '消失：平时有，现在没有',
  kinds: (shown, all) => `共 ${all} 类，显示 ${shown} 类；--format json 更多`,
  first: '首行',
  last: '末行',
  nothing: '没有日志。',
  others: '此时段有日志的服务：',
  nobody: '此时段没有任何服务的日志。',
  count: '次数',
  usual: '平时',
  change: '变化',
  level: '级别',
  template: '内容',
  new: '新',
  rare: '少见',
  levels: { fatal: '致命', error: '错误', warning: '警告', info: '信息', debug: '调试', none: '无级别' },
  states: { open: '未恢复', acknowledged: '已确认', resolved: '已恢复' },
};

export function summaryWording(language: Config['language']): SummaryWording {
  return language === 'en' ? en : zh;
}
