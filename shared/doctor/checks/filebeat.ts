import type { Answer, Check } from '../check.ts';

const minute = 60_000;
const sliceMs = 15 * minute;
const slices = 96;
/** A type that had lines in most quarters of an hour of the day is expected to have some in the last one. */
const steady = 0.9;

/** Whether a log type that always has lines has gone silent. */
export const filebeatCheck: Check = {
  name: 'filebeat',
  part: 'machines',
  anchors: ['filebeat-silent'],
  async ask({ config, store, clock }) {
    const opened = await store();
    const to = clock();
    const counted = await Promise.all(
      Object.keys(config.routes).map(async (type) => ({
        type,
        counts: await opened.countLogsOverTime({ type, from: to - slices * sliceMs, to }, slices),
      })),
    );
    const silent = counted.flatMap(({ type, counts }): Answer[] => {
      const before = counts.slice(0, -1);
      const first = before.findIndex((count) => count > 0);
      const since = first < 0 ? [] : before.slice(first);
      // An hour's lines say what is usual; what has begun a moment ago is not.
      const isSteady =
        since.length >= 4 && since.filter((count) => count > 0).length >= steady * since.length;
      if (!isSteady || (counts.at(-1) ?? 0) > 0) return [];
      return [
        {
          ...{ name: `logs of ${type}`, status: 'warning', anchor: 'filebeat-silent' },
          detail: 'no line in the last 15 minutes, though there always were some',
          remedy:
            'see Filebeat on its hosts (its log, its output), and `logpatrol doctor --only lag` for the indexer',
        },
      ];
    });
    return silent.length > 0
      ? silent
      : [{ name: 'logs', status: 'ok', detail: 'no log type has gone silent' }];
  },
};
