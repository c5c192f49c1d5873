import type { Config } from '#shared/config/index.ts';

/** One sentence of a finding, with the numbers that it rests on; and its title. */
interface Words {
  readonly newTitle: string;
  readonly manyNewTitle: string;
  readonly spikeTitle: string;
  readonly manySpikesTitle: string;
  readonly silentTitle: string;
  readonly manySilentTitle: string;
  readonly serviceSilentTitle: string;
  isNew(lines: number, hours: number, kinds: number): string;
  manyNew(kinds: number, hours: number): string;
  spike(each: {
    lines: number;
    minutes: number;
    median: number;
    busiest: number;
    factor: number;
    hours: number;
  }): string;
  manySpikes(kinds: number): string;
  silent(each: { minutes: number; usual: number; longest: number }): string;
  manySilent(kinds: number): string;
  readonly missingTitle: string;
  manyNewHere(kinds: number, hours: number): string;
  missing(samples: number, kinds: number, examples: readonly string[]): string;
  rare(lines: number, most: number, samples: number): string;
}

const round = (value: number): string => (value >= 10 ? value.toFixed(0) : String(Number(value.toFixed(1))));

export const wording: Record<Config['language'], Words> = {
  'zh-CN': {
    newTitle: '从未出现过的日志',
    manyNewTitle: '出现许多从未有过的日志',
    spikeTitle: '日志激增',
    manySpikesTitle: '多种日志同时激增',
    silentTitle: '定期日志停止',
    manySilentTitle: '多种定期日志停止',
    serviceSilentTitle: '服务不再输出日志',
    isNew: (lines, hours, kinds) =>
      `该服务 ${round(hours)} 小时的历史中有 ${kinds} 种日志，从未有过这一种；现有 ${lines} 行。`,
    manyNew: (kinds, hours) =>
      `一小时内出现 ${kinds} 种该服务 ${round(hours)} 小时历史中从未有过的日志，可能是新版本上线。`,
    spike: ({ lines, minutes, median, busiest, factor, hours }) =>
      `${minutes} 分钟内 ${lines} 行，是参照值的 ${round(factor)} 倍；${round(hours)} 小时的历史中通常 ${median} 行，最多 ${busiest} 行。`,
    manySpikes: (kinds) => `该服务有 ${kinds} 种日志同时激增。`,
    silent: ({ minutes, usual, longest }) =>
      `已 ${minutes} 分钟没有出现；通常每 ${round(usual)} 分钟一次，最长间隔 ${round(longest)} 分钟。`,
    manySilent: (kinds) => `该服务有 ${kinds} 种定期日志停止，其他日志仍在输出。`,
    missingTitle: '缺少应有的日志',
    manyNewHere: (kinds, hours) => `另有 ${kinds} 种该服务 ${round(hours)} 小时历史中从未有过的日志。`,
    missing: (samples, kinds, examples) =>
      `${samples} 份正常日志中每一份都有的 ${kinds} 种日志，这里没有：${examples.map((text) => `「${text}」`).join('、')}${kinds > examples.length ? '等' : ''}。`,
    rare: (lines, most, samples) => `共 ${lines} 行；${samples} 份正常日志中最多一份有 ${most} 行。`,
  },
  en: {
    newTitle: 'A line never seen before',
    manyNewTitle: 'Many lines never seen before',
    spikeTitle: 'Far more lines than usual',
    manySpikesTitle: 'Far more lines of several kinds than usual',
    silentTitle: 'A regular line has stopped',
    manySilentTitle: 'Several regular lines have stopped',
    serviceSilentTitle: 'A service has gone silent',
    isNew: (lines, hours, kinds) =>
      `Not among the ${kinds} kinds of lines in ${round(hours)} h of this service's history; ${lines} now.`,
    manyNew: (kinds, hours) =>
      `${kinds} kinds of lines within an hour that ${round(hours)} h of this service's history do not have; a new version perhaps.`,
    spike: ({ lines, minutes, median, busiest, factor, hours }) =>
      `${lines} lines within ${minutes} min, ${round(factor)} times the reference; in ${round(hours)} h of history usually ${median}, at most ${busiest}.`,
    manySpikes: (kinds) => `${kinds} kinds of lines of this service at once.`,
    silent: ({ minutes, usual, longest }) =>
      `Not seen for ${minutes} min; usually every ${round(usual)} min, never more than ${round(longest)} min apart.`,
    manySilent: (kinds) =>
      `${kinds} regular kinds of lines of this service have stopped; its other lines go on.`,
    missingTitle: 'Lines that should be there are missing',
    manyNewHere: (kinds, hours) =>
      `${kinds} further kinds of lines that ${round(hours)} h of this service's history do not have.`,
    missing: (samples, kinds, examples) =>
      `${kinds} kinds of lines that each of ${samples} known-good logs has are missing here: ${examples.map((text) => `"${text}"`).join(', ')}${kinds > examples.length ? ', …' : ''}.`,
    rare: (lines, most, samples) => `${lines} lines; at most ${most} in one of ${samples} known-good logs.`,
  },
};
