import type { Runbook, RunbookSection } from '#shared/runbooks/index.ts';

const products =
  `RabbitMQ RocketMQ Nacos Consul ClickHouse Doris HBase Cassandra TiDB GitLab Jenkins Harbor Nexus MinIO Prometheus Grafana Apollo
XXL-JOB Sentinel Flink Spark Airflow Superset Keycloak VPN 短信网关 支付对账 订单导出 报表平台 风控引擎 推荐服务 用户中心 库存服务 物流跟踪 电子发票 客服工单 商品搜索
会员积分 优惠券 消息推送`.split(/\s+/);

interface Topic {
  readonly zh: string;
  readonly en: string;
  readonly signs: readonly [zh: string, en: string];
  readonly remedy: readonly [zh: string, en: string];
}

/** What else teams write down: some of it near to what the shipped runbooks are about, some of it not. */
const topics: readonly Topic[] = [
  topic(
    '扩容',
    'capacity expansion',
    '容量使用率超过 80%，预计两周内不够用',
    'capacity above 80 percent, two weeks left',
    '按规划增加节点，等待数据均衡完成',
    'add nodes and wait for rebalancing',
  ),
  topic(
    '证书续签',
    'certificate renewal',
    '证书三十天内到期，监控提前告警',
    'the certificate expires within thirty days',
    '用内部 CA 重新签发，滚动加载',
    'issue a new one from the internal CA and reload',
  ),
  topic(
    '备份失败',
    'backup failed',
    '昨夜的备份任务没有成功，备份文件大小为零',
    'the nightly backup job failed, its file is empty',
    '重跑备份任务，检查备份盘的剩余空间',
    'run the backup again and check the free space',
  ),
  topic(
    '版本升级',
    'version upgrade',
    '需要升级到新的小版本以修复缺陷',
    'a new minor version fixes known defects',
    '先升级从节点，再切换，最后升级主节点',
    'upgrade the followers, switch over, upgrade the leader',
  ),
  topic(
    '权限申请',
    'access request',
    '新同事没有权限登录控制台',
    'a new colleague cannot log in to the console',
    '在权限系统提交工单，由负责人审批',
    'file a ticket, the owner approves it',
  ),
  topic(
    '慢查询',
    'slow queries',
    '接口响应变慢，慢查询日志增多',
    'responses get slower, the slow log grows',
    '分析执行计划，增加索引或限制扫描范围',
    'look at the plan, add an index, limit the scan',
  ),
  topic(
    '内存占用高',
    'high memory usage',
    '进程内存占用超过 85%，还没有被杀',
    'the process uses 85 percent of memory',
    '调整缓存大小，必要时滚动重启',
    'tune the cache size, restart one by one if needed',
  ),
  topic(
    '历史数据清理',
    'cleaning up old data',
    '历史数据占用磁盘，清理任务没有执行',
    'old data takes up the disk, the clean-up did not run',
    '手动触发清理任务，核对保留天数',
    'trigger the clean-up, check the retention',
  ),
  topic(
    '任务堆积',
    'task backlog',
    '待处理任务数量持续上升',
    'the number of waiting tasks keeps rising',
    '增加工作线程，暂停低优先级任务',
    'add workers, pause tasks of low priority',
  ),
  topic(
    '节点下线',
    'decommissioning a node',
    '计划内的机器下线或搬迁',
    'a planned move or removal of a machine',
    '迁走数据，确认没有流量后关机',
    'move the data, check for traffic, power off',
  ),
  topic(
    '配置变更',
    'configuration change',
    '需要修改参数并生效',
    'a parameter has to be changed',
    '在配置中心修改，观察十分钟，异常时还原',
    'change it in the configuration centre, watch, restore',
  ),
  topic(
    '监控缺失',
    'missing monitoring',
    '面板没有数据，采集器没有上报',
    'the panel has no data, the exporter is silent',
    '重启采集器，检查抓取目标',
    'restart the exporter, check the scrape target',
  ),
  topic(
    '容灾演练',
    'disaster recovery drill',
    '季度演练，切换到备用机房',
    'the quarterly drill, switch to the second site',
    '按步骤切换流量，记录每一步耗时',
    'switch the traffic step by step, note the time',
  ),
  topic(
    '数据不一致',
    'inconsistent data',
    '两边的数据对不上，对账有差异',
    'both sides differ, reconciliation shows a gap',
    '重跑对账，人工核对差异明细',
    'run the reconciliation again, check by hand',
  ),
  topic(
    '许可到期',
    'licence expiry',
    '商业许可即将到期，界面有提示',
    'the licence expires soon, the console says so',
    '联系供应商续期，导入新的许可文件',
    'ask the vendor, import the new licence file',
  ),
  topic(
    '流量突增',
    'traffic surge',
    '活动期间请求量是平时的五倍',
    'requests are five times as many as usual',
    '按预案限制非核心接口，增加实例',
    'limit minor endpoints, add instances',
  ),
];

function topic(
  zh: string,
  en: string,
  signZh: string,
  signEn: string,
  remedyZh: string,
  remedyEn: string,
): Topic {
  return { zh, en, signs: [signZh, signEn], remedy: [remedyZh, remedyEn] };
}

const sentences: readonly [zh: string, en: string][] = [
  ['先确认影响范围，再决定是否通知业务方。', 'Find out who is affected before you tell the business.'],
  ['在监控面板上对比昨天同一时刻的曲线。', 'Compare the panel with the same hour of yesterday.'],
  ['所有操作都要在变更单里留下记录。', 'Every step has to be noted in the change ticket.'],
  [
    '查看最近一小时的错误日志，留意超时与连接失败。',
    'Read the error log of the last hour, mind time-outs and failed connections.',
  ],
  ['检查服务器的磁盘、内存与网络是否正常。', 'Check disk, memory and network of the server.'],
  ['如果数据库响应慢，先联系数据库管理员。', 'Where the database is slow, call its administrators first.'],
  ['确认消息队列没有积压，消费者都在线。', 'Make sure that no messages wait and all consumers are online.'],
  ['观察五分钟，指标恢复后再进行下一步。', 'Watch for five minutes and go on when the figures are normal.'],
  ['必要时重启实例，一次只重启一个。', 'Restart instances where needed, one at a time.'],
  ['夜间不要执行影响全量用户的操作。', 'Nothing that touches all users is done at night.'],
  [
    '检查域名解析、证书与网关的转发规则。',
    'Check name resolution, certificates and the rules of the gateway.',
  ],
  ['核对主备状态，确认没有发生切换。', 'Check which side is primary and that nothing failed over.'],
];

/** Generated runbooks until there are so many sections: a product and a topic each, half of them English. The same for the same number. */
export function distractors(sections: number): Runbook[] {
  const made: Runbook[] = [];
  let count = 0;
  for (let index = 0; count < sections && index < products.length * topics.length; index++) {
    const product = products[index % products.length] ?? '';
    const about = topics[(index + Math.floor(index / products.length)) % topics.length];
    if (about === undefined) break;
    const runbook = runbookOf(product, about, index % 2 === 0 ? 0 : 1, index);
    const kept = { ...runbook, sections: runbook.sections.slice(0, sections - count) };
    count += kept.sections.length;
    made.push(kept);
  }
  return made;
}

function runbookOf(product: string, about: Topic, language: 0 | 1, index: number): Runbook {
  const name = `${product}-${about.en}`.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-');
  const filler = (offset: number, count: number): string =>
    Array.from(
      { length: count },
      (_, n) => sentences[(index * 7 + offset * 5 + n * 3) % sentences.length]?.[language],
    ).join(language === 0 ? '' : ' ');
  const headings =
    language === 0
      ? ['症状', '检查', '处置', '升级', '回滚', '参考']
      : ['Symptoms', 'Checks', 'Remedies', 'Escalation', 'Rollback', 'References'];
  const texts = [
    `${product}：${about.signs[language]}。${filler(0, 4)}`,
    `\`\`\`bash\n${product.toLowerCase()}ctl status --all\nkubectl -n ${name.slice(0, 20)} get pods\n\`\`\`\n\n${filler(1, 6)}`,
    `1. ${about.remedy[language]}。\n2. ${filler(2, 6)}`,
    filler(3, 3),
    filler(4, 3),
    filler(5, 2),
  ];
  const sections: RunbookSection[] = headings.map((heading, n) => ({
    heading,
    text: texts[n] ?? '',
    line: 10 + n * 10,
  }));
  return {
    name,
    path: `${name}.md`,
    title: language === 0 ? `${product} ${about.zh}` : `${product}: ${about.en}`,
    services: [product.toLowerCase()],
    rules: [],
    tags: language === 0 ? [product, about.zh] : [product, ...about.en.split(' ')],
    severity: undefined,
    owner: 'platform',
    updated: '2026-11-21',
    sections,
  };
}
