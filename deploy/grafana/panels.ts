/** A panel of the dashboard; titles are told in both languages. */
export interface Panel {
  readonly zh: string;
  readonly en: string;
  /** Grafana's name of the unit. */
  readonly unit: 'short' | 'ops' | 's' | 'bytes' | 'percentunit' | 'dtdurations' | 'Bps';
  readonly kind?: 'stat' | 'timeseries';
  readonly queries: readonly { readonly expr: string; readonly legend: string }[];
}

export interface Row {
  readonly zh: string;
  readonly en: string;
  readonly panels: readonly Panel[];
}

const p95 = (histogram: string, by: string, matchers = '') =>
  `histogram_quantile(0.95, sum by (le, ${by}) (rate(${histogram}_bucket${matchers}[5m])))`;
const rate = (counter: string, by: string) => `sum by (${by}) (rate(${counter}[5m]))`;
const one = (expr: string, legend: string) => [{ expr, legend }];

/** What whoever runs logpatrol looks at, from the whole to its parts. */
export const rows: readonly Row[] = [
  {
    zh: '概览',
    en: 'At a glance',
    panels: [
      {
        ...{ zh: '在运行的实例', en: 'Members running', unit: 'short', kind: 'stat' },
        queries: one('sum by (service) (up{job="logpatrol"})', '{{service}}'),
      },
      {
        ...{ zh: '版本', en: 'Versions', unit: 'short', kind: 'stat' },
        queries: one('count by (version) (logpatrol_build_info)', '{{version}}'),
      },
      {
        ...{ zh: '未关闭事件', en: 'Open incidents', unit: 'short', kind: 'stat' },
        queries: one('sum by (domain) (logpatrol_incidents_open)', '{{domain}}'),
      },
      {
        ...{ zh: '上次演练距今', en: 'Since the last drill', unit: 'dtdurations', kind: 'stat' },
        queries: one('time() - max(logpatrol_drill_last_success_timestamp_seconds)', ''),
      },
      {
        ...{ zh: '最早到期的证书', en: 'First certificate to end', unit: 'dtdurations', kind: 'stat' },
        queries: one('min by (use) (logpatrol_certificate_end_timestamp_seconds) - time()', '{{use}}'),
      },
      {
        ...{ zh: '不可用的通道', en: 'Channels down', unit: 'short', kind: 'stat' },
        queries: one('sum(logpatrol_channel_down)', ''),
      },
    ],
  },
  {
    zh: '吞吐与积压',
    en: 'Throughput and lag',
    panels: [
      {
        ...{ zh: '日志行数', en: 'Log lines', unit: 'ops' },
        queries: [
          { expr: rate('logpatrol_detect_lines_total', 'type'), legend: '{{type}}' },
          { expr: 'sum(rate(logpatrol_detect_decoded_lines_total[5m]))', legend: '解码 / decoded' },
        ],
      },
      {
        ...{ zh: '各阶段字节', en: 'Bytes by stage', unit: 'Bps' },
        queries: one(rate('logpatrol_bus_bytes_total', 'group'), '{{group}}'),
      },
      {
        ...{ zh: '积压', en: 'Lag', unit: 'short' },
        queries: one('sum by (group, topic) (logpatrol_bus_lag_records)', '{{group}} {{topic}}'),
      },
      {
        ...{ zh: '死信与重试', en: 'Dead letters and retries', unit: 'ops' },
        queries: [
          { expr: rate('logpatrol_bus_dead_letters_total', 'topic'), legend: '死信 / dead {{topic}}' },
          { expr: rate('logpatrol_bus_trouble_total', 'group'), legend: '重试 / retried {{group}}' },
        ],
      },
    ],
  },
  {
    zh: '各阶段时延',
    en: 'Latency by stage',
    panels: [
      {
        ...{ zh: '批次时间 p95', en: 'Batch p95', unit: 's' },
        queries: one(p95('logpatrol_bus_batch_seconds', 'group'), '{{group}}'),
      },
      {
        ...{ zh: '事务时间 p95', en: 'Transaction p95', unit: 's' },
        queries: one(p95('logpatrol_bus_transaction_seconds', 'group'), '{{group}}'),
      },
      {
        ...{ zh: '写入 Elasticsearch p95', en: 'Writing to Elasticsearch p95', unit: 's' },
        queries: one(p95('logpatrol_indexer_write_seconds', 'stream'), '{{stream}}'),
      },
      {
        ...{ zh: '接管', en: 'Take-overs', unit: 'short' },
        queries: one('sum by (group) (increase(logpatrol_bus_takeover_seconds_count[5m]))', '{{group}}'),
      },
      {
        ...{ zh: '入库结果', en: 'Documents by outcome', unit: 'ops' },
        queries: one(rate('logpatrol_indexer_documents_total', 'stream, outcome'), '{{stream}} {{outcome}}'),
      },
    ],
  },
  {
    zh: '模型',
    en: 'Model',
    panels: [
      {
        ...{ zh: '回答结果', en: 'Answers by outcome', unit: 'ops' },
        queries: one(rate('logpatrol_model_calls_total', 'outcome'), '{{outcome}}'),
      },
      {
        ...{ zh: '回答时间 p95', en: 'Time of an answer p95', unit: 's' },
        queries: one(p95('logpatrol_model_seconds', 'outcome'), '{{outcome}}'),
      },
      {
        ...{ zh: '等待的问题', en: 'Questions that wait', unit: 'short' },
        queries: one('sum by (severity) (logpatrol_reason_waiting_questions)', '{{severity}}'),
      },
      {
        ...{ zh: '无响应', en: 'Away', unit: 'short', kind: 'stat' },
        queries: one('max(logpatrol_model_away)', ''),
      },
      {
        ...{ zh: '令牌', en: 'Tokens', unit: 'ops' },
        queries: one(rate('logpatrol_model_tokens_total', 'direction'), '{{direction}}'),
      },
      {
        ...{ zh: '结论', en: 'Findings', unit: 'ops' },
        queries: one(rate('logpatrol_findings_total', 'severity, reasoning'), '{{severity}} {{reasoning}}'),
      },
    ],
  },
  {
    zh: '投递',
    en: 'Deliveries',
    panels: [
      {
        ...{ zh: '投递结果与原因', en: 'Deliveries by outcome and cause', unit: 'ops' },
        queries: one(
          rate('logpatrol_deliveries_total', 'channel, outcome, cause'),
          '{{channel}} {{outcome}} {{cause}}',
        ),
      },
      {
        ...{ zh: '首行日志到卡片 p95', en: 'From first line to card p95', unit: 's' },
        queries: one(p95('logpatrol_delivery_latency_seconds', 'channel'), '{{channel}}'),
      },
      {
        ...{ zh: '通道响应 p95', en: 'Response of the channel p95', unit: 's' },
        queries: one(p95('logpatrol_delivery_response_seconds', 'channel'), '{{channel}}'),
      },
      {
        ...{ zh: '队列深度', en: 'Queue depth', unit: 'short' },
        queries: one('max by (channel) (logpatrol_outbox_messages)', '{{channel}}'),
      },
    ],
  },
  {
    zh: '硬件',
    en: 'Hardware',
    panels: [
      {
        ...{ zh: '轮询结果', en: 'Polls by outcome', unit: 'ops' },
        queries: one(rate('logpatrol_ipmi_polls_total', 'outcome'), '{{outcome}}'),
      },
      {
        ...{ zh: '有响应的 BMC', en: 'BMCs that answer', unit: 'short' },
        queries: [
          { expr: 'sum(logpatrol_ipmi_up)', legend: '有响应 / up' },
          { expr: 'sum(logpatrol_ipmi_servers)', legend: '全部 / listed' },
        ],
      },
      {
        ...{ zh: '轮询逾期', en: 'Polls overdue', unit: 's' },
        queries: one('max(logpatrol_ipmi_overdue_seconds)', ''),
      },
    ],
  },
  {
    zh: '进程',
    en: 'Processes',
    panels: [
      {
        ...{ zh: '内存', en: 'Memory', unit: 'bytes' },
        queries: one('process_resident_memory_bytes{job="logpatrol"}', '{{service}} {{instance}}'),
      },
      {
        ...{ zh: '内存占上限', en: 'Share of the memory limit', unit: 'percentunit' },
        queries: one(
          'process_resident_memory_bytes{job="logpatrol"} / on (job, service, instance) logpatrol_memory_limit_bytes',
          '{{service}} {{instance}}',
        ),
      },
      {
        ...{ zh: 'CPU', en: 'CPU', unit: 'short' },
        queries: one(
          'sum by (service) (rate(process_cpu_seconds_total{job="logpatrol"}[5m]))',
          '{{service}}',
        ),
      },
      {
        ...{ zh: '事件循环 p99', en: 'Event loop p99', unit: 's' },
        queries: one('nodejs_eventloop_lag_p99_seconds{job="logpatrol"}', '{{service}} {{instance}}'),
      },
      {
        ...{ zh: '状态内存', en: 'State in memory', unit: 'bytes' },
        queries: [
          {
            expr: 'sum by (domain) (logpatrol_correlate_state_bytes)',
            legend: '关联 / correlate {{domain}}',
          },
          { expr: 'sum by (domain) (logpatrol_rates_state_bytes)', legend: '速率 / rates {{domain}}' },
        ],
      },
    ],
  },
  {
    zh: '维护与演练',
    en: 'Housekeeping and drill',
    panels: [
      {
        ...{ zh: '上次成功距今', en: 'Since the last success', unit: 'dtdurations' },
        queries: one(
          'time() - max by (task) (logpatrol_housekeeping_last_success_timestamp_seconds)',
          '{{task}}',
        ),
      },
      {
        ...{ zh: '用时', en: 'Duration', unit: 's' },
        queries: one('max by (task) (logpatrol_housekeeping_duration_seconds)', '{{task}}'),
      },
      {
        ...{ zh: '演练各段', en: 'Hops of the last drill', unit: 's' },
        queries: one('max by (hop) (logpatrol_drill_seconds)', '{{hop}}'),
      },
    ],
  },
];
