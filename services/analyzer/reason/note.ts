import type { Language } from './language.ts';

/** Why a finding goes out without an answer of the model, or with an older one. */
export type Without =
  /** Not asked yet, or still being asked. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'loading' }
  /** `since` in milliseconds since the epoch. */
  | { readonly kind: 'away'; readonly since: number }
  /** The far side wants something of a person: a key, a model. */
  | { readonly kind: 'refused' }
  /** It answered, and not as it was asked to. */
  | { readonly kind: 'unusable' }
  | { readonly kind: 'failed' }
  /** Not asked: too many incidents wait. */
  | { readonly kind: 'crowded' }
  /** It was over before its turn came. */
  | { readonly kind: 'over' };

const notes: Readonly<Record<Language, Readonly<Record<Without['kind'], string>>>> = {
  'zh-CN': {
    busy: '模型正忙，结论随后补充',
    loading: '模型正在加载，结论随后补充',
    away: '模型自 {since} 起无响应',
    refused: '模型服务拒绝请求（密钥或模型名有误）',
    unusable: '模型未给出可用的结论',
    failed: '询问模型失败',
    crowded: '等待分析的事件过多，未询问模型',
    over: '询问模型之前已恢复',
  },
  en: {
    busy: 'the model is busy; its answer will follow',
    loading: 'the model is loading; its answer will follow',
    away: 'the model has not answered since {since}',
    refused: "the model's server refuses (key or model name)",
    unusable: 'the model gave no usable answer',
    failed: 'asking the model failed',
    crowded: 'not asked: too many incidents wait',
    over: 'it was over before the model was asked',
  },
};

/** A few words for the card. Times are `HH:MM` of the process's time zone. */
export function noteOf(without: Without, language: Language): string {
  const text = notes[language][without.kind];
  return without.kind === 'away' ? text.replace('{since}', clockTime(without.since)) : text;
}

function clockTime(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}
