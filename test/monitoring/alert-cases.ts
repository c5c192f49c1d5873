/** Series with a value a minute, in promtool's notation, and when they are looked at. */
export interface Case {
  readonly series: Readonly<Record<string, string>>;
  readonly at: string;
}

/** For every alert: it fires, and where it must not. */
export interface AlertCase {
  readonly fires: Case;
  readonly silent: Case;
}

const both = (
  fires: Readonly<Record<string, string>>,
  silent: Readonly<Record<string, string>>,
  at = '1h',
) => ({
  fires: { series: fires, at },
  silent: { series: silent, at },
});
const up = (service: string, instance = `${service}:8630`) =>
  `up{job="logpatrol", service="${service}", instance="${instance}"}`;
const process = (name: string) => `${name}{job="logpatrol", service="indexer", instance="indexer:8630"}`;
const lag = 'logpatrol_bus_lag_records{group="indexer", topic="logs.app", partition="0"}';
const records = 'logpatrol_bus_records_total{group="indexer", topic="logs.app"}';
const lines = 'logpatrol_detect_lines_total{type="app"}';
const end = 'logpatrol_certificate_end_timestamp_seconds{job="logpatrol", service="gateway", use="http"}';
const delivered = (outcome: string, cause = 'retryable') =>
  `logpatrol_deliveries_total{channel="feishu", outcome="${outcome}", cause="${cause}"}`;
const calls = (outcome: string) => `logpatrol_model_calls_total{outcome="${outcome}"}`;

/** A histogram whose observations all fall below one bound and above the one before it: 1 a minute. */
function histogram(name: string, labels: string, below: string, bounds: readonly string[]) {
  const from = bounds.indexOf(below);
  return Object.fromEntries(
    bounds.map((le, index) => [
      `${name}_bucket{${labels === '' ? '' : `${labels}, `}le="${le}"}`,
      index >= from ? '0+1x120' : '0x120',
    ]),
  );
}
const cards = ['5', '10', '30', '60', '300', '+Inf'];
const writes = ['1', '5', '15', '60', '600', '+Inf'];
const answers = ['10', '20', '60', '120', '300', '+Inf'];

export const alertCases: Readonly<Record<string, AlertCase>> = {
  LogpatrolServiceDown: both(
    { [up('indexer')]: '1x10 0x60', [up('notifier', 'a:1')]: '0x70', [up('notifier', 'b:1')]: '1x70' },
    // One member of two; and a service whose profile is not used.
    { [up('notifier', 'a:1')]: '0x70', [up('notifier', 'b:1')]: '1x70', [up('ipmi')]: '0x70' },
  ),
  LogpatrolStandbyMissing: both(
    { [up('notifier', 'a:1')]: '0x70', [up('notifier', 'b:1')]: '1x70' },
    { [up('notifier', 'a:1')]: '0x70', [up('analyzer')]: '1x70' },
  ),
  LogpatrolRestarts: both(
    { [process('process_start_time_seconds')]: '0+1x70' },
    { [process('process_start_time_seconds')]: '5x30 9x40' },
  ),
  LogpatrolMemory: both(
    {
      [process('process_resident_memory_bytes')]: '95x70',
      [process('logpatrol_memory_limit_bytes')]: '100x70',
    },
    {
      [process('process_resident_memory_bytes')]: '50x55 95x5',
      [process('logpatrol_memory_limit_bytes')]: '100x70',
    },
  ),
  LogpatrolEventLoopSlow: both(
    { [process('nodejs_eventloop_lag_p99_seconds')]: '2x70' },
    { [process('nodejs_eventloop_lag_p99_seconds')]: '0.02x58 2x3' },
  ),
  LogpatrolVersionsDiffer: both(
    {
      'logpatrol_build_info{job="logpatrol", service="a", version="1.0.0"}': '1x90',
      'logpatrol_build_info{job="logpatrol", service="b", version="1.1.0"}': '1x90',
    },
    {
      'logpatrol_build_info{job="logpatrol", service="a", version="1.0.0"}': '1x90',
      'logpatrol_build_info{job="logpatrol", service="b", version="1.0.0"}': '1x90',
    },
    '70m',
  ),
  // The clock of promtool's tests begins with the epoch.
  LogpatrolCertificateEnds: both({ [end]: '1000000x70' }, { [end]: '9000000x70' }),
  LogpatrolCertificateEnded: both({ [end]: '3000x70' }, { [end]: '1000000x70' }),
  LogpatrolRequestsRefused: both(
    { 'logpatrol_http_refused_total{why="token"}': '0+20x70' },
    { 'logpatrol_http_refused_total{why="token"}': '0+1x70' },
  ),
  LogpatrolLagGrows: both(
    { [lag]: '20000+1000x70' },
    // High but falling; as after an outage.
    { [lag]: '200000-1000x70' },
  ),
  LogpatrolStageStuck: both({ [lag]: '7x70', [records]: '100x70' }, { [lag]: '7x70', [records]: '0+10x70' }),
  LogpatrolBusTrouble: both(
    { 'logpatrol_bus_trouble_total{group="detect"}': '0+1x70' },
    { 'logpatrol_bus_trouble_total{group="detect"}': '3x70' },
  ),
  LogpatrolTakeoversFlap: both(
    { 'logpatrol_bus_takeover_seconds_count{group="correlate"}': '0+1x70' },
    { 'logpatrol_bus_takeover_seconds_count{group="correlate"}': '0x30 8x40' },
  ),
  LogpatrolDeadLetters: both(
    // The first one of a group: its series begins with it.
    { 'logpatrol_bus_dead_letters_total{group="indexer", topic="logs.app"}': '_x55 1x20' },
    { 'logpatrol_bus_dead_letters_total{group="indexer", topic="logs.app"}': '7x70' },
  ),
  LogpatrolNoLogs: both({ [lines]: '0+10x30 300x60' }, { [lines]: '0+10x90' }),
  LogpatrolTypeSilent: both(
    { [lines]: '0+100x60 6000x120', 'logpatrol_detect_lines_total{type="nginx"}': '0+1x180' },
    // So little that half an hour without it is nothing.
    { [lines]: '0+1x60 60x120' },
    '2h45m',
  ),
  LogpatrolClockWrong: both(
    { 'logpatrol_detect_future_lines_total{type="app"}': '0+5x70' },
    { 'logpatrol_detect_future_lines_total{type="app"}': '0+1x70' },
  ),
  LogpatrolIndexerSlow: both(
    histogram('logpatrol_indexer_write_seconds', 'stream="logs"', '60', writes),
    histogram('logpatrol_indexer_write_seconds', 'stream="logs"', '5', writes),
  ),
  LogpatrolIndexerRejected: both(
    { 'logpatrol_indexer_documents_total{stream="logs", outcome="rejected"}': '0+1x70' },
    {
      'logpatrol_indexer_documents_total{stream="logs", outcome="stored"}': '0+100x70',
      'logpatrol_indexer_documents_total{stream="logs", outcome="rejected"}': '4x70',
    },
  ),
  LogpatrolHousekeepingFailed: both(
    { 'logpatrol_housekeeping_ok{task="snapshot"}': '0x70' },
    // A standby may know of an older run.
    {
      'logpatrol_housekeeping_ok{task="snapshot", instance="a"}': '0x70',
      'logpatrol_housekeeping_ok{task="snapshot", instance="b"}': '1x70',
    },
  ),
  LogpatrolHousekeepingLate: both(
    { 'logpatrol_housekeeping_last_success_timestamp_seconds{task="nightly"}': '-120000x70' },
    { 'logpatrol_housekeeping_last_success_timestamp_seconds{task="nightly"}': '-80000x70' },
  ),
  LogpatrolCardsLate: both(
    histogram('logpatrol_delivery_latency_seconds', 'channel="feishu"', '60', cards),
    histogram('logpatrol_delivery_latency_seconds', 'channel="feishu"', '5', cards),
  ),
  LogpatrolDeliveryFailing: both(
    { [delivered('retrying')]: '0+1x70' },
    { [delivered('sent', '')]: '0+10x70', [delivered('retrying')]: '2x70' },
  ),
  LogpatrolDeliveryDead: both(
    { [delivered('dead', 'permanent')]: '_x55 1x20' },
    { [delivered('dead', 'permanent')]: '1x70' },
  ),
  LogpatrolChannelDown: both(
    { 'logpatrol_channel_down{channel="feishu"}': '1x70' },
    { 'logpatrol_channel_down{channel="feishu"}': '1x20 0x50' },
  ),
  LogpatrolOutboxStuck: both(
    { 'logpatrol_outbox_messages{channel="feishu"}': '3x70' },
    { 'logpatrol_outbox_messages{channel="feishu"}': '3x70', [delivered('sent', '')]: '0+1x70' },
  ),
  LogpatrolModelAway: both({ logpatrol_model_away: '1x70' }, { logpatrol_model_away: '0x55 1x15' }),
  LogpatrolModelSlow: both(
    histogram('logpatrol_model_seconds', 'outcome="concluded"', '120', answers),
    histogram('logpatrol_model_seconds', 'outcome="failed"', '120', answers),
  ),
  LogpatrolModelWorse: both(
    { [calls('unusable')]: '0+1x90', [calls('concluded')]: '0+1x90' },
    { [calls('unusable')]: '0+1x90', [calls('concluded')]: '0+9x90' },
    '80m',
  ),
  LogpatrolQuestionsWait: both(
    { 'logpatrol_reason_oldest_question_seconds{partition="0", severity="critical"}': '400x70' },
    { 'logpatrol_reason_oldest_question_seconds{partition="0", severity="info"}': '400x70' },
  ),
  LogpatrolStateEvicted: both(
    { 'logpatrol_incidents_evicted_total{domain="default"}': '0x30 5x40' },
    { 'logpatrol_incidents_evicted_total{domain="default"}': '5x90' },
    '80m',
  ),
  LogpatrolBmcsOverdue: both(
    { logpatrol_ipmi_overdue_seconds: '400x70' },
    { logpatrol_ipmi_overdue_seconds: '100x70' },
  ),
  LogpatrolBmcsAway: both(
    { 'logpatrol_ipmi_up{server="a"}': '0x70', 'logpatrol_ipmi_up{server="b"}': '1x70' },
    { 'logpatrol_ipmi_up{server="a"}': '1x70', 'logpatrol_ipmi_up{server="b"}': '1x70' },
  ),
  LogpatrolDrillFailed: both({ logpatrol_drill_ok: '0x70' }, { logpatrol_drill_ok: '1x70' }),
  LogpatrolDrillLate: both(
    { logpatrol_drill_last_success_timestamp_seconds: '-100000x70' },
    { logpatrol_drill_last_success_timestamp_seconds: '-80000x70' },
  ),
};
