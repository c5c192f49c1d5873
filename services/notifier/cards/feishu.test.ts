import { describe, expect, it } from 'vitest';
import type { Finding, MessageReason } from '#shared/model/index.ts';
import { judgeCard } from '#test/stand-ins/feishu/index.ts';
import { renderOptions } from '../testing/render-options.ts';
import { sampleConclusion, sampleFinding, sampleMessage } from '../testing/sample.ts';
import { renderFeishuCard } from './feishu.ts';

const options = renderOptions;

function seenOf(over: Partial<Finding>, reason: MessageReason, language: 'zh-CN' | 'en' = 'zh-CN') {
  const verdict = judgeCard(renderFeishuCard(sampleMessage(over, reason), { ...options, language }));
  if (!verdict.ok) throw new Error(verdict.message);
  return verdict.seen;
}

describe('the first card of an incident', () => {
  it('says what broke, the facts, the evidence, and that rules alone said so', () => {
    const seen = seenOf({}, 'opened');
    expect(seen).toMatchObject({
      title: '【严重】order-api：无法连接数据库',
      color: 'red',
      subtitle: '新告警',
    });
    for (const part of [
      '2026-11-21 09:00:00 GMT+08:00',
      '42',
      'web-1, web-2 等 12 台',
      'database/connection-refused',
      'Connection refused',
      'INFO checking out order 7',
      '未配置模型',
    ])
      expect(seen.text).toContain(part);
    expect(seen.text.split('\n').at(-1)).toBe('0-a1b2c3d4e5f60718-m3k9x2p0 r1');
  });

  it('shows the conclusion: verdict, cause, what to do and where that comes from, who says so', () => {
    const seen = seenOf({ reasoning: 'model', conclusion: sampleConclusion() }, 'opened');
    for (const part of [
      '结论：需要处理\n数据库主节点拒绝连接',
      '详细原因\n连接数达到 max_connections 上限',
      '模型 qwen3:8b，置信度 80%，用时 1.2 秒',
      '检查连接池 手册《数据库无法连接》 · 处理',
      '重启 pgbouncer 模型建议',
      '# web-1 2026-11-21 09:00:00 GMT+08:00 （依据）',
    ])
      expect(seen.text).toContain(part);
    expect(seen.text).not.toContain('未证实');
  });

  it('shows the conclusion in English', () => {
    const seen = seenOf({ reasoning: 'model', conclusion: sampleConclusion() }, 'opened', 'en');
    expect(seen.title).toBe('【Critical】order-api: 无法连接数据库');
    expect(seen.text).toContain('连接数达到 max_connections 上限');
    expect(seen.text).toContain('Conclusion: act now');
    expect(seen.text).toContain('model qwen3:8b, confidence 80%, took 1.2 s');
    expect(seen.text).toContain('runbook "数据库无法连接", 处理');
    expect(seen.text).toContain('检查连接池');
    expect(seen.text).not.toContain('By rules alone');
  });

  it.each([
    ['actionable', '需要处理'],
    ['watch', '留意'],
    ['not-actionable', '无需处理'],
    ['unknown', '无法判断'],
  ] as const)('says the verdict %s in words', (verdict, words) => {
    const conclusion = sampleConclusion({ verdict });
    expect(seenOf({ reasoning: 'model', conclusion }, 'opened').text).toContain(`结论：${words}`);
  });

  it('marks a cause that no line shows, and a conclusion that was taken over', () => {
    const conclusion = sampleConclusion({
      proven: false,
      evidence: [],
      takenFrom: '0-x-y',
      durationMs: 42_400,
    });
    const { text } = seenOf({ reasoning: 'model', conclusion }, 'opened');
    expect(text).toContain('详细原因（未证实）');
    expect(text).toContain('用时 42 秒; 沿用此前同类事件的结论');
    expect(text).not.toContain('（依据）');
  });

  it('shows the lines that were cited first, wherever they come from, and none twice', () => {
    const at = '2026-11-21T00:59:58.000Z';
    const conclusion = sampleConclusion({
      evidence: [
        { id: 's1', timestamp: at, host: 'db-1', text: 'FATAL too many clients' },
        { id: 'e1/before/1', text: 'INFO checking out order 7' },
        { id: 'e1', text: 'cut' },
      ],
    });
    const other = { id: 'e0', timestamp: at, host: 'web-9', text: 'uncited', before: [] };
    const finding = sampleFinding();
    const { text } = seenOf(
      { reasoning: 'model', conclusion, exemplars: [other, ...finding.exemplars] },
      'opened',
    );
    expect(text.slice(text.indexOf('依据日志'), text.indexOf('模型 qwen3'))).toBe(`依据日志
# db-1 2026-11-21 08:59:58 GMT+08:00 （依据）
FATAL too many clients
# （依据）
INFO checking out order 7
# web-1 2026-11-21 09:00:00 GMT+08:00 （依据）
ERROR connect to 10.0.0.5:5432 failed: Connection refused
    at org.postgresql.Driver.＜init>(Driver.java:51)
`);
    expect(text.slice(text.indexOf('关联日志'), text.indexOf('建议处理'))).toBe(`关联日志
# web-9 2026-11-21 08:59:58 GMT+08:00
uncited
`);
  });

  it('says why there is no conclusion, and what there is instead', () => {
    const runbook = { name: 'db', title: '数据库无法连接', score: 1 };
    const { text } = seenOf(
      {
        reasoning: 'unavailable',
        reasoningNote: '模型未在 5 秒内应答',
        runbooks: [
          { ...runbook, section: '检查', foundBy: 'rule' },
          { ...runbook, section: '处理', foundBy: 'search' },
        ],
      },
      'opened',
    );
    expect(text).toContain('仅由规则判定；模型暂时不可用（模型未在 5 秒内应答）');
    expect(text).toContain(
      '相关手册\n手册《数据库无法连接》 · 检查（规则指定）\n手册《数据库无法连接》 · 处理\n',
    );
  });

  it('tells without a model what the best runbook says to do first, numbered, its commands whole and inert', () => {
    const steps = ['看连接数：\nss -s; echo "<at id=all></at>"', '[重启](http://evil.example) 连接池'];
    const runbook = {
      name: 'db',
      title: '数据库无法连接',
      section: '检查',
      score: 1,
      foundBy: 'rule' as const,
    };
    const runbooks = [
      { ...runbook, steps },
      { ...runbook, section: '处理' },
    ];
    const { text } = seenOf({ reasoning: 'off', runbooks }, 'opened');
    expect(text).toContain(
      `先做这些：手册《数据库无法连接》\n看连接数：\nss -s; echo "<at id=all></at>"\n[重启](http://evil.example) 连接池\n`,
    );
    expect(seenOf({ reasoning: 'off', runbooks }, 'opened', 'en').text).toContain(
      'First steps: runbook "数据库无法连接"\n看连接数',
    );
    expect(seenOf({ reasoning: 'off', runbooks, state: 'resolved' }, 'opened').text).not.toContain(
      '先做这些',
    );
    const unsure = { reasoning: 'model' as const, runbooks, conclusion: sampleConclusion({ actions: [] }) };
    expect(seenOf(unsure, 'opened').text).toContain('先做这些');
    expect(seenOf({ ...unsure, conclusion: sampleConclusion() }, 'opened').text).not.toContain('先做这些');
  });

  it('leaves the list of runbooks to a model that has chosen from them, and says why its word is an older one', () => {
    const runbooks = [{ name: 'db', title: 'T', section: 'S', score: 1, foundBy: 'rule' as const }];
    const conclusion = sampleConclusion();
    const note = '模型暂时不可用，以下为此前的结论';
    const { text } = seenOf(
      { reasoning: 'unavailable', reasoningNote: note, conclusion, runbooks },
      'opened',
    );
    expect(text).not.toContain('相关手册');
    expect(text).toContain(note);
  });

  it('shows whose hosts these are, a hardware fault below, and what was said of the like', () => {
    const { text } = seenOf(
      {
        hardware: { id: 'h', service: 'bmc', title: '内存 ECC 错误' },
        assets: [
          { host: 'web-1', owner: '支付组', facts: { rack: 'R12', model: 'R740' } },
          { host: 'web-2', facts: {} },
        ],
        similar: [
          {
            id: 'p1',
            title: '无法连接数据库',
            lastSeen: '2026-11-01T00:00:00.000Z',
            cause: '连接池泄漏',
            feedback: 'ana：扩容后恢复',
          },
        ],
      },
      'opened',
    );
    for (const part of [
      '主机硬件故障\nbmc：内存 ECC 错误',
      '资产\nweb-1：负责人 支付组, rack=R12, model=R740',
      '以往类似\n2026-11-01 08:00:00 GMT+08:00 无法连接数据库; 连接池泄漏; 反馈：ana：扩容后恢复',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('web-2：');
  });

  it('has the colour of its severity', () => {
    expect(seenOf({ severity: 'warning' }, 'opened').color).toBe('orange');
    expect(seenOf({ severity: 'info' }, 'opened').color).toBe('blue');
  });
});

describe('what follows', () => {
  it('is a short note: of the log only what a conclusion cites', () => {
    const conclusion = sampleConclusion({ evidence: [{ id: 's1', text: 'FATAL too many clients' }] });
    const note = seenOf({ reasoning: 'model', conclusion, revision: 2 }, 'concluded');
    expect(note.subtitle).toBe('分析结论');
    expect(note.text).toContain(conclusion.cause);
    expect(note.text).toContain('# （依据）\nFATAL too many clients\n');
    expect(note.text).not.toContain('Connection refused');
    expect(seenOf({ conclusion, revision: 2 }, 'escalated').text).not.toContain('FATAL');
    expect(note.text.split('\n').at(-1)).toBe('0-a1b2c3d4e5f60718-m3k9x2p0 r2');
  });

  it('is green with how long it lasted when it is over', () => {
    const note = seenOf({ state: 'resolved', resolvedAt: '2026-11-21T02:30:00.000Z' }, 'resolved');
    expect(note).toMatchObject({ color: 'green', title: '【已恢复】order-api：无法连接数据库' });
    expect(note.text).toContain('1 小时 30 分');
  });
});
