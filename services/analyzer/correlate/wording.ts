import type { Config } from '#shared/config/index.ts';

type Language = Config['language'];

interface Span {
  readonly unitMs: number;
  readonly en: string;
  readonly 'zh-CN': string;
}

const spans: readonly Span[] = [
  { unitMs: 86_400_000, en: 'd', 'zh-CN': ' 天' },
  { unitMs: 3_600_000, en: 'h', 'zh-CN': ' 小时' },
  { unitMs: 60_000, en: 'm', 'zh-CN': ' 分钟' },
  { unitMs: 1000, en: 's', 'zh-CN': ' 秒' },
  { unitMs: 1, en: 'ms', 'zh-CN': ' 毫秒' },
];

/** Characters of a key that are shown. */
const keyLength = 200;

/** Says which key reached a threshold: `5 in 1m by host: web-3`. The key is text from logs. */
export function thresholdDetail(
  reached: {
    readonly count: number;
    readonly windowMs: number;
    readonly by?: string | undefined;
    readonly key: string;
  },
  language: Language,
): string {
  const { count, windowMs, by } = reached;
  const span = spans.find(({ unitMs }) => windowMs % unitMs === 0);
  const window = span === undefined ? `${windowMs} ms` : `${windowMs / span.unitMs}${span[language]}`;
  const key = by === undefined || reached.key === '' ? '' : reached.key.slice(0, keyLength).toWellFormed();
  switch (language) {
    case 'en':
      return `${count} in ${window}${by === undefined ? '' : ` by ${by}`}${key === '' ? '' : `: ${key}`}`;
    case 'zh-CN': {
      const of = by === 'host' ? '按主机' : `按 ${by}`;
      return `${window}内 ${count} 行${by === undefined ? '' : `（${of}）`}${key === '' ? '' : `：${key}`}`.trim();
    }
  }
}
