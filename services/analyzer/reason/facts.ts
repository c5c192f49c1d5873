import type { Incident } from '#shared/model/index.ts';
import { readTrace } from '../detect/stack-trace.ts';
import type { Language } from './language.ts';

/** Hosts, captures, numbers and dependants that are named. */
const maxNamed = 10;

const words = {
  'zh-CN': {
    title: '标题',
    rule: '规则',
    service: '服务',
    type: '日志类型',
    count: '行数',
    hosts: '主机数',
    most: '最多的主机',
    firstSeen: '首次',
    lastSeen: '最近',
    minutes: '持续分钟',
    openings: '打开次数',
    flapping: '时好时坏，反复出现',
    knownGood: '正常时期的日志中同样常见',
    captures: '提取到的值',
    detail: '说明',
    numbers: '数值',
    exception: '根异常',
    frame: '自有代码位置',
    causedBy: '依赖关系上的原因',
    dependants: '受其影响的故障',
    acknowledged: '已有人接手',
  },
  en: {
    title: 'title',
    rule: 'rule',
    service: 'service',
    type: 'log type',
    count: 'lines',
    hosts: 'hosts',
    most: 'most on',
    firstSeen: 'first seen',
    lastSeen: 'last seen',
    minutes: 'minutes',
    openings: 'times opened',
    flapping: 'comes and goes again and again',
    knownGood: 'logs from good times have as much of it',
    captures: 'captured',
    detail: 'detail',
    numbers: 'numbers',
    exception: 'root exception',
    frame: 'own code',
    causedBy: 'cause by dependencies',
    dependants: 'failures that depend on it',
    acknowledged: 'somebody has taken it on',
  },
} as const;

/**
 * What is known of an incident, a fact a line, the most telling first.
 *
 * @param line makes hostile text safe, on one line of so many characters
 */
export function factsOf(
  incident: Incident,
  language: Language,
  line: (text: string, maxLength: number) => string,
): string[] {
  const say = words[language];
  const { captures = {}, numbers = {}, causedBy, dependants = [] } = incident;
  const named = (entries: readonly string[]) => entries.slice(0, maxNamed).join(', ');
  const trace = incident.exemplars.map(({ text }) => readTrace(text)).find((one) => one !== undefined);
  const minutes = Math.round((Date.parse(incident.lastSeen) - Date.parse(incident.firstSeen)) / 60_000);
  const hosts = incident.hosts.map(({ name, count }) => `${line(name, 100)} (${count})`);
  const facts: (readonly [string, string])[] = [
    [say.title, line(incident.title, 200)],
    [say.rule, `${line(incident.rule, 100)}, severity ${incident.severity}`],
    [say.service, `${line(incident.service, 100)}, ${say.type}: ${line(incident.type, 60)}`],
    [say.count, `${incident.count}, ${say.hosts}: ${incident.hostCount}, ${say.most}: ${named(hosts)}`],
    [
      say.firstSeen,
      `${incident.firstSeen}, ${say.lastSeen}: ${incident.lastSeen}, ${say.minutes}: ${minutes}`,
    ],
    [say.openings, String(incident.openings)],
    [say.detail, line(incident.detail ?? '', 300)],
    [
      say.exception,
      trace === undefined ? '' : line(`${trace.exception}: ${trace.message}`.replace(/: $/, ''), 300),
    ],
    [say.frame, line(trace?.frame ?? '', 200)],
    [
      say.captures,
      named(Object.entries(captures).map(([name, value]) => `${line(name, 40)}=${line(value, 150)}`)),
    ],
    [say.numbers, named(Object.entries(numbers).map(([name, value]) => `${line(name, 40)}=${value}`))],
    [say.causedBy, causedBy === undefined ? '' : line(`${causedBy.service}: ${causedBy.title}`, 200)],
    [
      say.dependants,
      dependants.length === 0
        ? ''
        : `${incident.dependantCount ?? dependants.length}: ${named(dependants.map(({ service, title }) => line(`${service}: ${title}`, 120)))}`,
    ],
  ];
  return [
    ...facts.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}`),
    ...(incident.flapping ? [say.flapping] : []),
    ...(incident.knownGood ? [say.knownGood] : []),
    ...(incident.state === 'acknowledged' ? [say.acknowledged] : []),
  ];
}
