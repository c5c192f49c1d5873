import { drillJobName } from '#shared/drill/index.ts';
import { drillService } from '#shared/model/index.ts';
import type { Answer, Check, Setting } from '../check.ts';
import { seconds } from '../words.ts';
import { jobState } from './job-states.ts';

const minute = 60_000;
/** Between two drills may be a restart. */
const tolerated = 2.5;
const remedy = '`logpatrol drill` runs one now and says which hop is missing';

/** Whether a drill came through lately. */
export const drillCheck: Check = {
  name: 'drill',
  part: 'alerts',
  anchors: ['drill-failed'],
  async ask(setting) {
    const { everyMinutes } = setting.config.drill;
    return [everyMinutes === undefined ? await lastByHand(setting) : await scheduled(setting, everyMinutes)];
  },
};

async function scheduled(setting: Setting, everyMinutes: number): Promise<Answer> {
  const name = 'drills';
  const state = await jobState(setting, drillJobName);
  const now = setting.clock();
  if (state === undefined)
    return {
      ...{ name, status: 'bad', anchor: 'drill-failed' },
      detail: 'none has been run, though they are scheduled',
      remedy: 'see that the service housekeeping runs: `logpatrol run housekeeping`',
    };
  const lastOk = state.lastOkAt ?? state.since;
  const age = `the last one that came through was ${state.lastOkAt === undefined ? 'none' : `${seconds(now - lastOk)} ago`}`;
  if (state.ok === false)
    return {
      name,
      status: 'bad',
      detail: `${state.lines[0] ?? 'the last one failed'}; ${age}`,
      remedy,
      anchor: 'drill-failed',
    };
  if (now - lastOk > tolerated * everyMinutes * minute)
    return {
      ...{ name, status: 'bad', anchor: 'drill-failed', detail: age },
      remedy: 'see that the service housekeeping runs: `logpatrol run housekeeping`',
    };
  return { name, status: 'ok', detail: age };
}

async function lastByHand({ store, clock }: Setting): Promise<Answer> {
  const name = 'drills';
  const opened = await store();
  const [last] = await opened.searchFindings({ service: drillService, limit: 1 });
  if (last === undefined) return { name, status: 'ok', detail: `none has been run; ${remedy}` };
  const deliveries = await opened.deliveries({ incidentId: last.id, limit: 20 });
  const sent = deliveries.find(({ outcome }) => outcome === 'sent');
  const when = `the last one was ${seconds(clock() - Date.parse(last.firstSeen))} ago`;
  if (sent !== undefined) return { name, status: 'ok', detail: `${when}, and its card was accepted` };
  return {
    ...{ name, status: 'warning', anchor: 'drill-failed', remedy },
    detail: `${when}, and no accepted card of it is known`,
  };
}
