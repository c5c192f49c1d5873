import type { Cell } from './lens-query.ts';

const second = 3600;

/**
 * What each panel shows of the seed, reckoned by hand: keys of groups (an hour as its number, 0 or 1), then numbers. Percentiles lie
 * between two values in proportion, as Elasticsearch interpolates few of them.
 */
export const expectedRows: Readonly<Record<string, readonly (readonly Cell[])[]>> = {
  'health-overall': [[2]],
  'health-failed-services': [[1, 1]],
  'health-lag-now': [[20_000]],
  'health-services': [
    ['orders', 2, 1],
    ['pay', 1, 2],
  ],
  'health-ingest-rate': [
    ['app', 0, 2 / second],
    ['app', 1, 2 / second],
    ['__missing__', 0, 1 / second],
    ['__missing__', 1, 1 / second],
    ['syslog', 0, 0],
    ['syslog', 1, 1 / second],
  ],
  'health-lag': [
    [0, 4000, 9400],
    [1, 9000, 18_500],
  ],
  'health-errors': [
    ['hardware', 0, 1],
    ['hardware', 1, 0],
    ['orders', 0, 1],
    ['orders', 1, 0],
    ['pay', 0, 0],
    ['pay', 1, 1],
  ],
  'health-pipeline-failures': [['syslog', 1]],
  'timeliness-detect': [[7700, 5000]],
  'timeliness-notify': [[6850, 5000]],
  'timeliness-acknowledge': [[58_500, 45_000]],
  'timeliness-resolve': [[600_000, 600_000]],
  'timeliness-detect-over-time': [
    [0, 7000, 7900, 7980],
    [1, 3000, 3900, 3980],
  ],
  'timeliness-notify-over-time': [
    [0, 4500, 5850, 5970],
    [1, 5500, 6850, 6970],
  ],
  'timeliness-people-over-time': [
    [0, 60_000, 600_000],
    [1, 30_000, null],
  ],
  'timeliness-in-time': [[50, 0, 100, 95]],
  'timeliness-by-service': [
    ['orders', 2, 5800, 58_500, 600_000],
    ['pay', 2, 7800, null, null],
  ],
  'timeliness-by-owner': [
    ['team-a', 2, 5800, 58_500, 600_000],
    ['team-b', 1, 4000, null, null],
  ],
  'timeliness-response': [
    ['feishu', 0, 840],
    ['feishu', 1, 500],
    ['console', 0, null],
    ['console', 1, 10],
  ],
  'timeliness-channels': [
    ['feishu', 5, 3, 1, 400, 840, 888],
    ['console', 1, 1, 0, 10, 10, 10],
  ],
  'timeliness-failures': [
    ['permanent', 0, 0],
    ['permanent', 1, 1],
    ['retryable', 0, 1],
    ['retryable', 1, 0],
  ],
  'timeliness-notify-by-service': [
    ['orders', 2, 3500, 3950],
    ['pay', 2, 6500, 6950],
  ],
  'investigation-severity': [
    ['critical', 2],
    ['warning', 2],
  ],
  'investigation-over-time': [
    ['critical', 0, 1],
    ['critical', 1, 1],
    ['warning', 0, 1],
    ['warning', 1, 1],
  ],
  'investigation-services': [
    ['orders', 2],
    ['pay', 2],
  ],
  'investigation-hosts': [
    ['web-1', 3],
    ['web-2', 2],
  ],
  'investigation-heatmap': [
    ['orders', 0, 1],
    ['orders', 1, 1],
    ['pay', 0, 1],
    ['pay', 1, 1],
  ],
  'investigation-rules': [
    ['OOM', 'java-oom', 2, 50, 2],
    ['Rate', 'rate', 1, 100, 1],
    ['Slow', 'slow', 1, 5, 1],
  ],
  'investigation-templates': [['connect to <*> failed', 'pay', 1, 100]],
  'investigation-lines': [
    ['__missing__', 0, 0],
    ['__missing__', 1, 3],
    ['info', 0, 1],
    ['info', 1, 1],
    ['critical', 0, 1],
    ['critical', 1, 0],
    ['error', 0, 1],
    ['error', 1, 0],
  ],
  'investigation-lines-by-host': [
    ['web-1', 3],
    ['db-1', 2],
    ['web-2', 2],
  ],
  'hardware-unreachable': [[1, 2]],
  'hardware-outcomes': [
    ['ok', 2],
    ['unreachable', 1],
  ],
  'hardware-sel-fill': [[85, 0, 100]],
  'hardware-servers': [
    ['bmc-db-1', 'db-1', 3, 'unknown', 'unreachable', 'unknown', 38.5, 4200, 100],
    ['bmc-web-1', 'web-1', 0, 'critical', 'ok', 'on', 90, 1200, 300],
  ],
  'hardware-temperatures': [
    ['web-1', 0, 70],
    ['web-1', 1, 90],
    ['db-1', 0, null],
    ['db-1', 1, 25],
  ],
  'hardware-fans': [
    ['web-1', 0, 4000],
    ['web-1', 1, 1200],
  ],
  'hardware-heatmap': [
    ['web-1', 0, 70],
    ['web-1', 1, 90],
    ['db-1', 0, null],
    ['db-1', 1, 25],
  ],
  'hardware-sensors': [
    ['web-1', 'CPU Temp', 2, 'critical', 90],
    ['web-1', 'FAN1', 1, 'critical', 1200],
  ],
  'hardware-power': [
    ['bmc-web-1', 0, 200],
    ['bmc-web-1', 1, 300],
    ['bmc-db-1', 0, 100],
    ['bmc-db-1', 1, null],
  ],
  'hardware-sel': [
    ['critical', 0, 1],
    ['critical', 1, 0],
    ['info', 0, 0],
    ['info', 1, 1],
  ],
  'hardware-sel-sensors': [
    ['db-1', 'Fan', 1, 1],
    ['db-1', 'Power Supply', 1, 0],
  ],
};

/** What is told apart by the documents that each search finds, the newest first. */
export const expectedHits: Readonly<Record<string, readonly unknown[]>> = {
  'critical-findings': ['0-oom-1'],
  'error-lines': ['Exception: no money', 'Fan | asserted', 'boom'],
  'sel-events': ['Power Supply | asserted', 'Fan | asserted'],
  'failed-deliveries': ['m4', 'm2'],
  'pipeline-failures': ['garbage'],
  'who-did-what': ['a2', 'a1'],
};
