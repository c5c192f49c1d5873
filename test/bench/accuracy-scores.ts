/** Scores of alarms against labels. Pure. */

export interface LineLabel {
  /** The alert's kind; `undefined`: a normal line. */
  readonly label: string | undefined;
}

/** A line that was alarmed, from 1, and the rule that did it. */
export interface Alarm {
  readonly line: number;
  readonly rule: string;
}

export interface LineScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  /** For each kind of alert: how many lines there are, and how many of them were missed. */
  readonly labels: readonly { readonly label: string; readonly lines: number; readonly missed: number }[];
  /** For each rule that alarmed a normal line: how many, and the first. */
  readonly falseAlarms: readonly { readonly rule: string; readonly lines: number; readonly first: number }[];
}

/** Alarms line by line against labels; each line counts once. Ratios without a denominator are 0. */
export function lineScore(lines: readonly LineLabel[], alarms: readonly Alarm[]): LineScore {
  const alarmed = new Map(alarms.map(({ line, rule }) => [line, rule]));
  const labels = new Map<string, { label: string; lines: number; missed: number }>();
  const falseAlarms = new Map<string, { rule: string; lines: number; first: number }>();
  const counts = { truePositives: 0, falsePositives: 0, falseNegatives: 0 };
  for (const [index, { label }] of lines.entries()) {
    const rule = alarmed.get(index + 1);
    if (label !== undefined) {
      const row = labels.get(label) ?? { label, lines: 0, missed: 0 };
      row.lines += 1;
      if (rule === undefined) row.missed += 1;
      labels.set(label, row);
      counts[rule === undefined ? 'falseNegatives' : 'truePositives'] += 1;
    } else if (rule !== undefined) {
      const row = falseAlarms.get(rule) ?? { rule, lines: 0, first: index + 1 };
      row.lines += 1;
      falseAlarms.set(rule, row);
      counts.falsePositives += 1;
    }
  }
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn } = counts;
  return {
    precision: ratio(tp, tp + fp),
    recall: ratio(tp, tp + fn),
    f1: ratio(2 * tp, 2 * tp + fp + fn),
    ...counts,
    labels: [...labels.values()].sort((a, b) => b.lines - a.lines),
    falseAlarms: [...falseAlarms.values()].sort((a, b) => b.lines - a.lines),
  };
}

export interface JudgedApplication {
  readonly application: string;
  readonly label: string;
  /** Ids of the rules whose findings were warnings or worse. */
  readonly rules: readonly string[];
}

export interface ApplicationScore {
  /** Mean of the shares of abnormal and of normal applications that were judged right. */
  readonly balancedAccuracy: number;
  /** Rows are labels. */
  readonly confusion: readonly {
    readonly label: string;
    readonly abnormal: number;
    readonly normal: number;
  }[];
  /** For each label, in how many of its applications each rule spoke. */
  readonly causes: readonly {
    readonly label: string;
    readonly rules: readonly { readonly rule: string; readonly applications: number }[];
  }[];
  /** Abnormal applications in which no rule spoke. */
  readonly silent: readonly { readonly application: string; readonly label: string }[];
}

/** The label of applications in which nothing was broken. */
export const normalLabel = 'Normal';

/** An application is judged abnormal where a rule spoke. */
export function applicationScore(applications: readonly JudgedApplication[]): ApplicationScore {
  const byLabel = Map.groupBy(applications, ({ label }) => label);
  const abnormal = applications.filter(({ label }) => label !== normalLabel);
  const normal = byLabel.get(normalLabel) ?? [];
  const found = abnormal.filter(isJudgedAbnormal);
  const cleared = normal.filter((each) => !isJudgedAbnormal(each));
  return {
    balancedAccuracy: (ratio(found.length, abnormal.length) + ratio(cleared.length, normal.length)) / 2,
    confusion: [...byLabel].map(([label, each]) => ({
      label,
      abnormal: each.filter(isJudgedAbnormal).length,
      normal: each.filter((one) => !isJudgedAbnormal(one)).length,
    })),
    causes: [...byLabel].map(([label, each]) => ({
      label,
      rules: [
        ...Map.groupBy(
          each.flatMap(({ rules }) => [...new Set(rules)]),
          (rule) => rule,
        ),
      ]
        .map(([rule, hits]) => ({ rule, applications: hits.length }))
        .sort((a, b) => b.applications - a.applications),
    })),
    silent: abnormal
      .filter((each) => !isJudgedAbnormal(each))
      .map(({ application, label }) => ({ application, label })),
  };
}

function isJudgedAbnormal({ rules }: JudgedApplication): boolean {
  return rules.length > 0;
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
