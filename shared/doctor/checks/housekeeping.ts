import { openUpkeep } from '#shared/lifecycle/open.ts';
import { type Answer, answerOf, type Check, type Setting } from '../check.ts';
import { seconds } from '../words.ts';
import { jobState } from './job-states.ts';

const hour = 60 * 60_000;
/** A night's work may take long, and begin late. */
const oldestMs = 30 * hour;
const jobName = 'nightly';

/** Whether the nightly work was done, and the newest snapshot is young. */
export const housekeepingCheck: Check = {
  name: 'housekeeping',
  part: 'store',
  anchors: ['housekeeping-late'],
  applies: ({ housekeeping }) => housekeeping.enabled,
  ask: async (setting) => [await nightly(setting)],
};

async function nightly(setting: Setting): Promise<Answer> {
  const name = 'nightly work';
  const anchor = 'housekeeping-late';
  const run = '`logpatrol housekeeping run` does it by hand';
  const state = await jobState(setting, jobName);
  if (state === undefined)
    return {
      ...{ name, status: 'warning', anchor, detail: 'it was never planned' },
      remedy: `see that the service housekeeping runs: \`logpatrol run housekeeping\`; ${run}`,
    };
  const now = setting.clock();
  const since = state.lastOkAt ?? state.since;
  const age =
    state.lastOkAt === undefined ? 'it has never gone well yet' : `it went well ${seconds(now - since)} ago`;
  if (state.ok === false)
    return {
      name,
      status: 'bad',
      detail: `${state.lines[0] ?? 'it found trouble'}; ${age}`,
      remedy: run,
      anchor,
    };
  if (now - since <= oldestMs)
    return {
      name,
      status: 'ok',
      detail: state.lastOkAt === undefined ? 'its first night is yet to come' : age,
    };
  return {
    name,
    status: 'bad',
    detail: age,
    remedy: `see that the service housekeeping runs; ${run}`,
    anchor,
  };
}

/** Whether there is a snapshot that is young enough, where snapshots are wanted. */
export const snapshotsCheck: Check = {
  name: 'snapshots',
  part: 'store',
  anchors: ['snapshot-late'],
  async ask({ config, clock }) {
    const upkeep = await openUpkeep(config);
    try {
      const health = await upkeep.examine(clock());
      const found = health.find(({ name }) => name === 'snapshots');
      if (found !== undefined) return [answerOf(found, 'snapshot-late')];
      return [{ name: 'snapshots', status: 'ok', detail: 'none are configured (snapshots)' }];
    } finally {
      await upkeep.close();
    }
  },
};
