import { FolderInUse } from '#shared/bus/embedded/lock.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import { topicTrouble } from '#shared/lifecycle/index.ts';
import { answerOf, type Check } from '../check.ts';
import { runningProcess } from './running-process.ts';

/** Whether the bus answers; of the embedded one that a process holds, how that process is. */
export const busCheck: Check = {
  name: 'bus',
  part: 'bus',
  anchors: ['kafka-unreachable', 'bus-full', 'service-down'],
  async ask({ config, bus }) {
    try {
      const health = await (await bus()).health();
      return [answerOf(health, config.kafka === undefined ? 'bus-full' : 'kafka-unreachable')];
    } catch (error) {
      if (error instanceof FolderInUse) return [await runningProcess(config, error)];
      throw error;
    }
  },
};

/** Whether the topics are there as the configuration needs them. */
export const topicsCheck: Check = {
  name: 'topics',
  part: 'bus',
  anchors: ['topics-wrong'],
  async ask({ config, bus }) {
    const wrong = await (await bus()).verify(topicSpecs(config));
    const name = 'topics';
    if (wrong.length === 0) return [{ name, status: 'ok', detail: 'as the configuration needs them' }];
    if (config.kafka === undefined)
      return [{ name, status: 'ok', detail: 'not there yet: the first start makes them' }];
    return [
      {
        ...{ name, status: 'bad', detail: topicTrouble(wrong) },
        ...{ remedy: 'run `logpatrol setup`', anchor: 'topics-wrong' },
      },
    ];
  },
};
