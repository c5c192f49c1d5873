import type { Config } from '#shared/config/index.ts';

/** The language that findings are written in. */
export type Language = Config['language'];

interface Wording {
  readonly ruleSeverity: (severity: string) => string;
  readonly pinned: string;
  readonly knownGood: (severity: string) => string;
  readonly manyHosts: (hosts: number, severity: string) => string;
  readonly manyLines: (lines: number, severity: string) => string;
  readonly modelRaised: (asked: string, severity: string) => string;
  readonly modelLowered: (asked: string, severity: string) => string;
  readonly hardware: (title: string, severity: string) => string;
  readonly worstDependant: (severity: string) => string;
  readonly modelUnsure: (asked: string, severity: string) => string;
  readonly modelContradicts: (asked: string, severity: string) => string;
  readonly modelUnproven: (asked: string, severity: string) => string;
}

/** What logpatrol itself says in a finding, by language. */
export const wording: Readonly<Record<Language, Wording>> = {
  'zh-CN': {
    ruleSeverity: (severity) => `规则级别为 ${severity}`,
    pinned: '规则固定了级别，不再调整',
    knownGood: (severity) => `正常时期的日志中同样常见，降为 ${severity}`,
    manyHosts: (hosts, severity) => `涉及 ${hosts} 台主机，升为 ${severity}`,
    manyLines: (lines, severity) => `已出现 ${lines} 行，升为 ${severity}`,
    modelRaised: (asked, severity) => `模型判断为 ${asked}，升一级为 ${severity}`,
    modelLowered: (asked, severity) => `模型判断为 ${asked}，降一级为 ${severity}`,
    worstDependant: (severity) => `它在本机引起的故障已达 ${severity}`,
    hardware: (title, severity) => `所在主机有未恢复的硬件故障“${title}”，升为 ${severity}`,
    modelUnsure: (asked, severity) => `模型给出 ${asked}，但自称无法判断，保持 ${severity}`,
    modelContradicts: (asked, severity) => `模型给出 ${asked}，却认为无需处理，保持 ${severity}`,
    modelUnproven: (asked, severity) => `模型判断为 ${asked}，但没有日志证据，保持 ${severity}`,
  },
  en: {
    ruleSeverity: (severity) => `the rule says ${severity}`,
    pinned: 'the rule pins its severity',
    knownGood: (severity) => `logs from good times have as much of it: lowered to ${severity}`,
    manyHosts: (hosts, severity) => `${hosts} hosts are affected: raised to ${severity}`,
    manyLines: (lines, severity) => `${lines} lines so far: raised to ${severity}`,
    modelRaised: (asked, severity) => `the model says ${asked}: raised one step to ${severity}`,
    modelLowered: (asked, severity) => `the model says ${asked}: lowered one step to ${severity}`,
    worstDependant: (severity) => `what it has led to on the same machine is ${severity}`,
    hardware: (title, severity) => `open hardware fault on its host, "${title}": raised to ${severity}`,
    modelUnsure: (asked, severity) => `the model says ${asked}, but that it cannot tell: kept at ${severity}`,
    modelContradicts: (asked, severity) =>
      `the model says ${asked}, yet nothing to act on: kept at ${severity}`,
    modelUnproven: (asked, severity) =>
      `the model says ${asked} without a line that shows it: kept at ${severity}`,
  },
};
