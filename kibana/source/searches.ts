import { text } from './language.ts';
import { errorLines, failedDeliveries, goingOn, pipelineFailures, selEvents } from './queries.ts';
import type { SavedSearch } from './saved-search.ts';

export const criticalFindings: SavedSearch = {
  id: 'critical-findings',
  title: text('未恢复的严重发现', 'Critical findings that go on'),
  about: text('严重且尚未恢复的发现，最近的在前。', 'Critical and not resolved, the latest first.'),
  dataView: 'findings',
  where: `severity: critical and ${goingOn}`,
  columns: ['title', 'service.name', 'host.name', 'state', 'count', 'firstSeen', 'conclusion.cause'],
};

export const errorLinesSearch: SavedSearch = {
  id: 'error-lines',
  title: text('错误日志行', 'Error lines'),
  about: text(
    '级别为错误以上的日志行；没有级别的按 error、exception、fatal、panic 查找。',
    'Lines of level error and above; of those without a level, those with error, exception, fatal or panic.',
  ),
  dataView: 'logs',
  where: errorLines,
  columns: ['service.name', 'host.name', 'log.level', 'message'],
};

const selEventsSearch: SavedSearch = {
  id: 'sel-events',
  title: text('BMC 事件（SEL）', 'BMC events (SEL)'),
  about: text('服务器 BMC 事件日志的记录。', "Records of the BMCs' system event logs."),
  dataView: 'logs',
  where: selEvents,
  columns: ['host.name', 'ipmi.severity', 'ipmi.sensor.name', 'ipmi.event.description', 'message'],
};

const failedDeliveriesSearch: SavedSearch = {
  id: 'failed-deliveries',
  title: text('失败的通知', 'Failed deliveries'),
  about: text('等待重试或最终失败的通知。', 'Messages that wait for another try, or were given up.'),
  dataView: 'deliveries',
  where: failedDeliveries,
  columns: ['channel', 'service', 'severity', 'outcome', 'attempt', 'cause', 'code', 'error', 'incidentId'],
};

const pipelineFailuresSearch: SavedSearch = {
  id: 'pipeline-failures',
  title: text('解析失败的日志行', 'Lines that could not be read'),
  about: text(
    '摄取管道无法解析的日志行，原文保留，原因见 error.message。',
    'Lines that the ingest pipelines could not read; they are kept as they came, the reason stands in error.message.',
  ),
  dataView: 'logs',
  where: pipelineFailures,
  columns: ['fields.log_type', 'host.name', 'log.file.path', 'error.message', 'message'],
};

const whoDidWhat: SavedSearch = {
  id: 'who-did-what',
  title: text('操作审计：谁做了什么', 'Audit: who did what'),
  about: text(
    '卡片、链接、接口和命令行上的每个操作，包括被拒绝的。',
    'What was done, or refused, by cards, links, the API and the command line.',
  ),
  dataView: 'audit',
  where: '',
  columns: ['by.name', 'action', 'outcome', 'via', 'incidentId', 'controlId', 'address', 'why', 'note'],
};

export const searches: readonly SavedSearch[] = [
  criticalFindings,
  errorLinesSearch,
  selEventsSearch,
  failedDeliveriesSearch,
  pipelineFailuresSearch,
  whoDidWhat,
];
