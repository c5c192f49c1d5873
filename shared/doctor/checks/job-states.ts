import { readValue } from '#shared/bus/read-value.ts';
import { topic } from '#shared/bus/topics.ts';
import { JobState } from '#shared/housekeeping/job-state.ts';
import type { Setting } from '../check.ts';

/** What is kept of a job of the service housekeeping; `undefined` where it never had it. @throws LogpatrolError where the bus does not tell */
export async function jobState({ bus }: Setting, job: string): Promise<JobState | undefined> {
  let last: JobState | undefined;
  for await (const { key, value } of (await bus()).read(topic.housekeeping)) {
    if (key?.toString('utf8') !== job) continue;
    const read = readValue(JobState, value);
    last = read.ok ? read.value : undefined;
  }
  return last;
}
