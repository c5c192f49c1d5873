import type { Check } from '../check.ts';
import { elasticsearchAccessCheck, kafkaAccessCheck } from './access.ts';
import { answersCheck } from './answers.ts';
import { bmcsCheck } from './bmcs.ts';
import { busCheck, topicsCheck } from './bus.ts';
import { certificatesCheck } from './certificates.ts';
import { channelsCheck } from './channels.ts';
import { clocksCheck } from './clocks.ts';
import { deadLettersCheck } from './dead-letters.ts';
import { configCheck, inventoryCheck, modelCheck, storeCheck } from './dependencies.ts';
import { diskCheck } from './disk.ts';
import { drillCheck } from './drill.ts';
import { assetsCheck, clusterCheck, disksCheck, lifecycleCheck, writesCheck } from './elasticsearch.ts';
import { filebeatCheck } from './filebeat.ts';
import { groupsCheck } from './groups.ts';
import { housekeepingCheck, snapshotsCheck } from './housekeeping.ts';
import { kibanaCheck } from './kibana.ts';
import { lagCheck } from './lag.ts';
import { latencyCheck } from './latency.ts';
import { queueCheck } from './queue.ts';

/** Everything that is asked, in the order in which it is told. */
export const checks: readonly Check[] = [
  configCheck,
  latencyCheck,
  drillCheck,
  busCheck,
  topicsCheck,
  groupsCheck,
  lagCheck,
  deadLettersCheck,
  kafkaAccessCheck,
  storeCheck,
  clusterCheck,
  writesCheck,
  disksCheck,
  lifecycleCheck,
  assetsCheck,
  elasticsearchAccessCheck,
  housekeepingCheck,
  snapshotsCheck,
  kibanaCheck,
  modelCheck,
  answersCheck,
  channelsCheck,
  queueCheck,
  filebeatCheck,
  bmcsCheck,
  inventoryCheck,
  certificatesCheck,
  clocksCheck,
  diskCheck,
];
