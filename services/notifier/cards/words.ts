import type { Config } from '#shared/config/index.ts';
import type { ControlKind, MessageReason, Reasoning, Severity, Verdict } from '#shared/model/index.ts';

export type Language = Config['language'];

/** Every word that a card says of its own, in one language. */
export interface Words {
  readonly severity: Record<Severity, string>;
  readonly resolved: string;
  readonly reason: Record<MessageReason, string>;
  readonly colon: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly count: string;
  readonly hosts: string;
  readonly service: string;
  readonly rule: string;
  readonly severityReasons: string;
  readonly lasted: string;
  readonly detail: string;
  readonly muted: string;
  readonly control: Record<ControlKind, string>;
  /** `until` is absent where it has no end. */
  readonly mutedBy: (by: string, kind: string, until: string | undefined) => string;
  /** What it means that an incident is flapping. */
  readonly flapping: string;
  readonly causedBy: string;
  readonly affected: string;
  readonly moreIncidents: (count: number) => string;
  readonly knownGood: string;
  readonly knownGoodMeans: string;
  readonly heldBack: string;
  readonly heldBackSince: (count: number, since: string) => string;
  readonly hardware: string;
  readonly asset: string;
  readonly owner: (name: string) => string;
  readonly conclusion: string;
  readonly verdict: Record<Verdict, string>;
  readonly cause: string;
  /** After the label of a cause that no line shows. */
  readonly unproven: string;
  readonly actions: string;
  /** Where an action comes from. */
  readonly fromRunbook: (title: string, section: string) => string;
  readonly ownSuggestion: string;
  readonly runbooks: string;
  readonly namedByRule: string;
  readonly similar: string;
  readonly feedback: (words: string) => string;
  readonly evidence: string;
  /** After the host and time of a line that the conclusion cites. */
  readonly cited: string;
  /** What stands in place of a model's conclusion. */
  readonly without: Record<Reasoning, string>;
  /** Who concluded: the model, its confidence, and how long it took. */
  readonly by: (model: string, percent: number, seconds: string) => string;
  readonly takenOver: string;
  readonly openBracket: string;
  readonly closeBracket: string;
  readonly moreHosts: (count: number) => string;
  readonly cut: (length: number) => string;
  readonly moreLines: (count: number) => string;
  readonly duration: (days: number, hours: number, minutes: number, seconds: number) => string;
}

/** The two greatest units that are not zero: what a reader wants of a duration. */
function greatest(parts: readonly (readonly [number, string])[], separator: string): string {
  const from = parts.findIndex(([amount]) => amount > 0);
  const shown = from < 0 ? parts.slice(-1) : parts.slice(from, from + 2);
  return shown.map(([amount, unit]) => `${amount}${unit}`).join(separator);
}

const chinese: Words = {
  severity: { critical: '严重', warning: '警告', info: '提示' },
  resolved: '已恢复',
  reason: {
    opened: '新告警',
    reopened: '再次发生',
    escalated: '级别升高',
    concluded: '分析结论',
    affected: '影响扩大',
    flapping: '反复发生',
    muted: '已静默',
    resolved: '已恢复',
    joined: '同类告警',
    unacknowledged: '无人认领',
    handled: '处理进展',
    fallback: '代为通知',
  },
  colon: '：',
  firstSeen: '首次发生',
  lastSeen: '最近一次',
  count: '次数',
  hosts: '主机',
  service: '服务',
  rule: '规则',
  severityReasons: '级别依据',
  lasted: '持续',
  detail: '说明',
  muted: '已静默',
  control: { feedback: '反馈：不是问题', maintenance: '维护', silence: '静默' },
  mutedBy: (by, kind, until) => `${by}（${kind}），${until === undefined ? '长期有效' : `至 ${until}`}`,
  flapping: '短时间内多次恢复又发生；安静足够久之后才算恢复',
  causedBy: '可能的源头',
  affected: '同时受影响',
  moreIncidents: (count) => ` 等 ${count} 个事件`,
  knownGood: '已知正常',
  knownGoodMeans: '在学习过的正常日志中同样常见',
  heldBack: '未逐条通知',
  heldBackSince: (count, since) => `自 ${since} 起，这条规则另有 ${count} 个事件`,
  hardware: '主机硬件故障',
  asset: '资产',
  owner: (name) => `负责人 ${name}`,
  conclusion: '结论',
  verdict: { actionable: '需要处理', watch: '留意', 'not-actionable': '无需处理', unknown: '无法判断' },
  cause: '详细原因',
  unproven: '（未证实）',
  actions: '建议处理',
  fromRunbook: (title, section) => `手册《${title}》${section === '' ? '' : ` · ${section}`}`,
  ownSuggestion: '模型建议',
  runbooks: '相关手册',
  namedByRule: '规则指定',
  similar: '以往类似',
  feedback: (words) => `反馈：${words}`,
  evidence: '关联日志',
  cited: '（依据）',
  without: {
    model: '仅由规则判定',
    pending: '仅由规则判定；模型分析尚未完成，有结论后另行通知',
    unavailable: '仅由规则判定；模型暂时不可用',
    off: '仅由规则判定；未配置模型',
  },
  by: (model, percent, seconds) => `模型 ${model}，置信度 ${percent}%，用时 ${seconds} 秒`,
  takenOver: '沿用此前同类事件的结论',
  openBracket: '（',
  closeBracket: '）',
  moreHosts: (count) => ` 等 ${count} 台`,
  cut: (length) => `…（已截断，全文 ${length} 字）`,
  moreLines: (count) => `…（另有 ${count} 行未显示）`,
  duration: (days, hours, minutes, seconds) =>
    greatest(
      [
        [days, ' 天'],
        [hours, ' 小时'],
        [minutes, ' 分'],
        [seconds, ' 秒'],
      ],
      ' ',
    ),
};

const english: Words = {
  severity: { critical: 'Critical', warning: 'Warning', info: 'Info' },
  resolved: 'Resolved',
  reason: {
    opened: 'New',
    reopened: 'Happening again',
    escalated: 'Severity raised',
    concluded: 'Analysis',
    affected: 'More is affected',
    flapping: 'Comes and goes',
    muted: 'Muted',
    resolved: 'Resolved',
    joined: 'More like it',
    unacknowledged: 'Nobody has taken it',
    handled: 'Progress',
    fallback: 'In place of another channel',
  },
  colon: ': ',
  firstSeen: 'First seen',
  lastSeen: 'Last seen',
  count: 'Count',
  hosts: 'Hosts',
  service: 'Service',
  rule: 'Rule',
  severityReasons: 'Why this severity',
  lasted: 'Lasted',
  detail: 'Detail',
  muted: 'Muted',
  control: { feedback: 'not a problem', maintenance: 'maintenance', silence: 'silence' },
  mutedBy: (by, kind, until) => `by ${by} (${kind}), ${until === undefined ? 'for good' : `until ${until}`}`,
  flapping: 'resolved and back several times of late; over only once it has been quiet for long enough',
  causedBy: 'Probably caused by',
  affected: 'Also affected',
  moreIncidents: (count) => ` and more, ${count} incidents in all`,
  knownGood: 'Known good',
  knownGoodMeans: 'as frequent in the logs that were learned as good',
  heldBack: 'Held back',
  heldBackSince: (count, since) => `${count} more of this rule since ${since}`,
  hardware: 'Hardware fault of the host',
  asset: 'Asset',
  owner: (name) => `owner ${name}`,
  conclusion: 'Conclusion',
  verdict: {
    actionable: 'act now',
    watch: 'watch it',
    'not-actionable': 'nothing to do',
    unknown: 'cannot tell',
  },
  cause: 'Cause',
  unproven: ' (unproven)',
  actions: 'What to do',
  fromRunbook: (title, section) => `runbook "${title}"${section === '' ? '' : `, ${section}`}`,
  ownSuggestion: "the model's own suggestion",
  runbooks: 'Runbooks',
  namedByRule: 'named by the rule',
  similar: 'Seen before',
  feedback: (words) => `people said: ${words}`,
  evidence: 'Log lines',
  cited: '(cited)',
  without: {
    model: 'By rules alone',
    pending: 'By rules alone; the model has not answered yet, its conclusion will follow',
    unavailable: 'By rules alone; the model is not available',
    off: 'By rules alone; no model is configured',
  },
  by: (model, percent, seconds) => `model ${model}, confidence ${percent}%, took ${seconds} s`,
  takenOver: 'taken over from an earlier incident like it',
  openBracket: ' (',
  closeBracket: ')',
  moreHosts: (count) => ` and more, ${count} in all`,
  cut: (length) => `… (cut, ${length} characters in all)`,
  moreLines: (count) => `… (${count} more lines)`,
  duration: (days, hours, minutes, seconds) =>
    greatest(
      [
        [days, ' d'],
        [hours, ' h'],
        [minutes, ' min'],
        [seconds, ' s'],
      ],
      ' ',
    ),
};

export function wordsOf(language: Language): Words {
  return language === 'en' ? english : chinese;
}
