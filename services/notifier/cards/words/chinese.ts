import { greatest } from './greatest.ts';
import type { Words } from './words.ts';

export const chinese: Words = {
  severity: { critical: '严重', warning: '警告', info: '提示' },
  resolved: '已恢复',
  drill: '演练 / DRILL',
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
  firstSeen: '触发时间',
  lastSeen: '最近一次',
  count: '次数',
  hosts: '主机',
  service: '服务',
  rule: '规则',
  severityReasons: '级别依据',
  lasted: '持续',
  lasting: '已持续',
  detail: '说明',
  muted: '已静默',
  control: { feedback: '反馈：不是问题', maintenance: '维护', silence: '静默' },
  mutedBy: (by, kind, until) =>
    `${by}（${kind}），${until === undefined ? '长期有效' : until === 'resolved' ? '直到恢复' : `至 ${until}`}`,
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
  firstSteps: (title) => `先做这些：手册《${title}》`,
  fromRunbook: (title, section) => `手册《${title}》${section === '' ? '' : ` · ${section}`}`,
  ownSuggestion: '模型建议',
  runbooks: '相关手册',
  namedByRule: '规则指定',
  similar: '以往类似',
  feedback: (words) => `反馈：${words}`,
  proof: '依据日志',
  evidence: '关联日志',
  before: '（此前）',
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
  state: { open: '待处理', acknowledged: '处理中', resolved: '已恢复' },
  times: (count) => `×${count}`,
  assignee: '处理人',
  since: (name, at) => `${name}（自 ${at}）`,
  action: {
    acknowledge: '处理工单',
    resolve: '已解决',
    'hand-over': '转交',
    'not-a-problem': '不是问题',
    'silence-1h': '静默 1 小时',
    'silence-8h': '静默 8 小时',
    'silence-until-resolved': '静默至恢复',
  },
  did: (who, action, to) => {
    switch (action) {
      case 'acknowledge':
        return `${who} 开始处理`;
      case 'resolve':
        return `${who} 标记为已解决`;
      case 'hand-over':
        return `${who} 转交给 ${to ?? '他人'}`;
      case 'not-a-problem':
        return `${who} 反馈：不是问题`;
      case 'silence-1h':
        return `${who} 静默 1 小时`;
      case 'silence-8h':
        return `${who} 静默 8 小时`;
      case 'silence-until-resolved':
        return `${who} 静默至恢复`;
    }
  },
  confirm: {
    title: { resolve: '标记为已解决？', 'not-a-problem': '标记为不是问题？' },
    text: {
      resolve: '同组所有人都会看到。之后再出现会重新告警。',
      'not-a-problem': '同组所有人都会看到，此服务的同类告警不再通知。',
    },
  },
  silenceFor: '静默',
  silence: { 'silence-1h': '1 小时', 'silence-8h': '8 小时', 'silence-until-resolved': '直到恢复' },
  history: '处理记录',
  mentions: '请关注',
  chart: '日志行数随时间变化',
  sensors: '传感器',
  power: { on: '已开机', off: '已关机' },
  bmc: { unreachable: 'BMC 不可达', refused: 'BMC 拒绝登录', invalid: 'BMC 应答异常' },
  memory: (percent) => `内存 ${percent}%`,
  members: (count) => `同类告警（${count}）`,
  moreMembers: (count) => `…（另有 ${count} 个未列出）`,
  full: '全文',
  fingerprint: '指纹',
  labels: '标签',
  inKibana: '在 Kibana 中查看日志',
  details: '查看详情',
  meantFor: '代发自通道',
  ownTemplateFailed: '自定义模板无法用于此卡片，已改用内置模板；请运行 logpatrol cards lint',
  digest: (count) => `告警汇总：${count} 条`,
  digestMeans: '告警超过通道限额，合并发送，未遗漏',
  waiting: (count) => `另有 ${count} 条等待发送`,
  others: (count) => `含同类 ${count} 个`,
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
