import type { Config } from '#shared/config/index.ts';
import type { Actor, PersonAction } from '#shared/model/index.ts';

/** A sentence for the person who acts, in every language that there is. */
export type Wording = Readonly<Record<Config['language'], string>>;

/**
 * Why somebody may not do something: there is no such incident; their role does not allow it; its rule is always told; it is over; they have
 * it already; it is not said to whom, or to nobody who is known; there are too many controls.
 */
export type Refusal = 'unknown' | 'role' | 'pinned' | 'over' | 'already' | 'to' | 'full';

const done: Record<PersonAction, Wording> = {
  acknowledge: { 'zh-CN': '已由你处理，卡片随后更新', en: 'It is yours now; the card will say so' },
  resolve: { 'zh-CN': '已标记为解决', en: 'Marked as resolved' },
  'hand-over': { 'zh-CN': '已转交', en: 'Handed over' },
  'not-a-problem': {
    'zh-CN': '已记录为“不是问题”，同类不再通知',
    en: 'Noted as not a problem; its like is not told any more',
  },
  'silence-1h': { 'zh-CN': '已静默 1 小时', en: 'Silenced for 1 hour' },
  'silence-8h': { 'zh-CN': '已静默 8 小时', en: 'Silenced for 8 hours' },
  'silence-until-resolved': { 'zh-CN': '已静默，直到恢复', en: 'Silenced until it is resolved' },
};

const refused: Record<Refusal, Wording> = {
  unknown: { 'zh-CN': '没有这个告警，可能已过期', en: 'There is no such incident; it may be long over' },
  role: { 'zh-CN': '你没有权限执行此操作', en: 'Your role does not allow that' },
  pinned: {
    'zh-CN': '此规则的告警不可静默（pinned）',
    en: 'What this rule finds is always told (pinned); it cannot be silenced',
  },
  over: { 'zh-CN': '告警已经恢复', en: 'It is over already' },
  already: { 'zh-CN': '已经由你处理了', en: 'You have it already' },
  to: { 'zh-CN': '请选择转交给谁', en: 'Choose to whom; only people of the configuration can be named' },
  full: { 'zh-CN': '静默过多，请先撤销一些', en: 'There are too many controls; undo some of them first' },
};

/** What is said at once of something that takes longer than a person can be kept waiting. */
export const underWay: Wording = {
  'zh-CN': '已收到，正在处理，请稍后查看卡片',
  en: 'Received, and being done; look at the card in a moment',
};

/** What is said to who did this, or was refused. */
export function wordingOf(
  outcome:
    | { readonly kind: 'done'; readonly action: PersonAction; readonly to?: Actor | undefined }
    | { readonly kind: 'refused'; readonly why: Refusal },
): Wording {
  if (outcome.kind === 'refused') return refused[outcome.why];
  const { action, to } = outcome;
  if (to === undefined) return done[action];
  return { 'zh-CN': `已转交给 ${to.name}`, en: `Handed over to ${to.name}` };
}
