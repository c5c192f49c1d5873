import type { Config } from '#shared/config/index.ts';
import type { Finding } from '#shared/model/index.ts';
import type { Answer, Check } from '../check.ts';
import { percent, quantile, seconds } from '../words.ts';

const day = 24 * 60 * 60_000;
const most = 2000;
/** Fewer findings say nothing. */
const fewest = 5;
/** Twenty in a hundred more than in the week before. */
const worse = 0.2;
/** So many without an answer are too many whatever was before. */
const tooMany = 0.5;

/** How the model did over some time: shares of findings, and how long its answers took. */
interface TrackRecord {
  readonly count: number;
  /** Went out, and stayed, without an answer. */
  readonly unanswered: number;
  /** Of those that were answered: no line shows the cause. */
  readonly ungrounded: number;
  /** 95 in 100 answers took less, in milliseconds. */
  readonly slowestMs: number;
}

/** Whether the model's answers of the last day are as good as those of the week before, and in time. */
export const answersCheck: Check = {
  name: 'answers',
  part: 'model',
  anchors: ['model-worse', 'model-slow'],
  applies: ({ ollama, openai }) => ollama !== undefined || openai !== undefined,
  async ask({ config, store, clock }) {
    const opened = await store();
    const now = clock();
    const search = (from: number, to: number) => opened.searchFindings({ from, to, limit: most });
    // What was seen last within the day, and what was over before it.
    const [today, week] = await Promise.all([search(now - day, now + day), search(now - 8 * day, now - day)]);
    const isOver = ({ lastSeen }: Finding) => Date.parse(lastSeen) < now - day;
    return [qualityOf(recordOf(today), recordOf(week.filter(isOver))), speedOf(recordOf(today), config)];
  },
};

function recordOf(findings: readonly Finding[]): TrackRecord {
  const asked = findings.filter(({ reasoning, old }) => reasoning !== 'off' && !old);
  const answered = asked.flatMap(({ conclusion }) => conclusion ?? []);
  const share = (count: number, of: number): number => (of === 0 ? 0 : count / of);
  const times = answered
    .filter(({ takenFrom }) => takenFrom === undefined)
    .map(({ durationMs }) => durationMs)
    .sort((a, b) => a - b);
  return {
    count: asked.length,
    unanswered: share(asked.length - answered.length, asked.length),
    ungrounded: share(answered.filter(({ proven }) => !proven).length, answered.length),
    slowestMs: quantile(times, 0.95),
  };
}

function qualityOf(today: TrackRecord, week: TrackRecord): Answer {
  const name = "the model's answers";
  if (today.count < fewest)
    return { name, status: 'ok', detail: `${today.count} findings in the last day: too few to say` };
  const before = week.count < fewest ? undefined : week;
  const was = (share: (record: TrackRecord) => number): string =>
    before === undefined ? '' : ` (${percent(share(before))} in the week before)`;
  const detail = `of ${today.count} findings in the last day ${percent(today.unanswered)} have no answer${was((each) => each.unanswered)}; of the answers ${percent(today.ungrounded)} name no line that shows the cause${was((each) => each.ungrounded)}`;
  const isWorse =
    before !== undefined &&
    (today.unanswered > before.unanswered + worse || today.ungrounded > before.ungrounded + worse);
  if (!isWorse && today.unanswered <= tooMany) return { name, status: 'ok', detail };
  return {
    ...{ name, status: 'warning', detail, anchor: 'model-worse' },
    remedy:
      'see that the model answers (`logpatrol doctor --only model`) and is the one it was; `logpatrol eval` compares two on known failures',
  };
}

function speedOf({ slowestMs }: TrackRecord, { reasoning }: Config): Answer {
  const name = "the model's time";
  const heldMs = reasoning.holdSeconds.warning * 1000;
  if (slowestMs === 0) return { name, status: 'ok', detail: 'no answer in the last day' };
  const detail = `95 % of its answers within ${seconds(slowestMs)}; a warning is held for it ${seconds(heldMs)}`;
  if (slowestMs <= heldMs) return { name, status: 'ok', detail };
  return {
    ...{ name, status: 'warning', detail, anchor: 'model-slow' },
    remedy:
      'use a smaller model or a GPU, or raise reasoning.holdSeconds; cards go out on rules alone meanwhile',
  };
}
