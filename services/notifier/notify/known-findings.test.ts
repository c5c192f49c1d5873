import { describe, expect, it } from 'vitest';
import { sampleConclusion, sampleFinding } from '../testing/sample.ts';
import { KnownFindings } from './known-findings.ts';

const finding = (id: string, revision = 1) =>
  sampleFinding({ id, revision, conclusion: sampleConclusion({ cause: 'x'.repeat(1500) }) });

describe('known findings', () => {
  it('stay within their bytes: of what changed longest ago only the facts are kept', () => {
    const known = new KnownFindings(20_000);
    for (let index = 0; index < 12; index++) known.put(finding(`i${index}`));
    known.put(finding('i0', 2));
    expect(known.finding('i0')?.conclusion).toBeDefined();
    expect(known.finding('i1')).toMatchObject({ id: 'i1', title: '无法连接数据库', exemplars: [] });
    expect(known.finding('i1')?.conclusion).toBeUndefined();
    expect(known.get('i1')?.card.count).toBe(42);
  });

  it('are forgotten where they are on no card any more', () => {
    const known = new KnownFindings();
    for (const id of ['a', 'b']) known.put(finding(id));
    known.retain((id) => id === 'b');
    expect(known.get('a')).toBeUndefined();
    expect(known.get('b')).toBeDefined();
  });

  it('are never replaced by an older revision', () => {
    const known = new KnownFindings();
    known.put(finding('a', 3));
    known.put(finding('a', 2));
    expect(known.finding('a')?.revision).toBe(3);
  });
});
