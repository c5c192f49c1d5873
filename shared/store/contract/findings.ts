import { describe, expect, it } from 'vitest';
import type { Severity } from '#shared/model/index.ts';
import { sampleDelivery, sampleFinding } from '#test/samples/finding.ts';
import type { Store } from '../port.ts';
import { forever, start } from './line.ts';

const iso = (at: number): string => new Date(at).toISOString();
const hour = 3_600_000;

export function findingContract(store: () => Store): void {
  it('replaces a finding by its later revisions, and never by an earlier one', async () => {
    const finding = sampleFinding({ id: '0-revised-1', service: 'revised' });
    const revision = (number: number) => ({ ...finding, revision: number, count: number });
    expect(await store().saveFindings([revision(2)], forever)).toEqual([{ kind: 'stored' }]);
    expect(await store().saveFindings([revision(1)], forever)).toEqual([{ kind: 'duplicate' }]);
    expect(await store().saveFindings([revision(2)], forever)).toEqual([{ kind: 'duplicate' }]);
    expect(await store().finding(finding.id)).toEqual(revision(2));
    const outcomes = await store().saveFindings([revision(3), revision(5), revision(4)], forever);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['stored', 'stored', 'duplicate']);
    expect(await store().finding(finding.id)).toEqual(revision(5));
    await store().refresh();
    expect(await store().searchFindings({ service: 'revised', limit: 10 })).toEqual([revision(5)]);
  });

  it('reads a finding whose conclusion has the shape of an earlier version, without it', async () => {
    const finding = sampleFinding({ id: '0-earlier-1', service: 'earlier' });
    const conclusion = {
      summary: 'full',
      cause: 'disk',
      evidence: ['L1'],
      actions: ['df'],
      severity: 'info',
    };
    // As it was written then, which today's type does not let through.
    const earlier: typeof finding = JSON.parse(JSON.stringify({ ...finding, conclusion }));
    await store().saveFindings([earlier], forever);
    expect(await store().finding(finding.id)).toEqual(finding);
    await store().refresh();
    expect(await store().searchFindings({ service: 'earlier', limit: 10 })).toEqual([finding]);
  });

  it.each(['', 'no-such-finding', '../_search', '.', 'a/b?c#d', '无'])('has no finding %j', async (id) => {
    expect(await store().finding(id)).toBeUndefined();
  });

  it('finds findings by service, severity and time, the last seen first', async () => {
    const make = (severity: Severity, first: number, last: number) =>
      sampleFinding({
        id: `0-found-${severity}`,
        service: 'found',
        severity,
        firstSeen: iso(start + first * hour),
        lastSeen: iso(start + last * hour),
      });
    await store().saveFindings([make('info', 0, 1), make('critical', 1, 6), make('warning', 4, 5)], forever);
    await store().refresh();
    const found = async (query: Partial<Parameters<Store['searchFindings']>[0]>) =>
      (await store().searchFindings({ service: 'found', limit: 10, ...query })).map(
        ({ severity }) => severity,
      );
    expect(await found({})).toEqual(['critical', 'warning', 'info']);
    expect(await found({ atLeast: 'warning' })).toEqual(['critical', 'warning']);
    expect(await found({ limit: 1 })).toEqual(['critical']);
    expect(await found({ from: start + 2 * hour })).toEqual(['critical', 'warning']);
    expect(await found({ to: start + 4 * hour })).toEqual(['critical', 'info']);
    expect(await found({ from: start + 2 * hour, to: start + 4 * hour })).toEqual(['critical']);
    expect(await found({ service: 'other' })).toEqual([]);
  });
}

/** Findings by what they are of, as those that look for earlier ones like it need them. */
export function alikeContract(store: () => Store): void {
  const hostile = `"}}], 'x' OR 1=1 -- $.rule`;
  it('finds findings by fingerprint and rule', async () => {
    const make = (id: string, fingerprint: string, rule: string, service = 'alike') =>
      sampleFinding({ id, fingerprint, rule, service });
    await store().saveFindings(
      [
        make('0-alike-1', 'alike-a', 'alike.one'),
        make('0-alike-2', 'alike-b', 'alike.one'),
        make('0-alike-3', 'alike-c', 'alike.one', 'elsewhere'),
        make('0-alike-4', 'alike-d', 'alike.two'),
      ],
      forever,
    );
    await store().refresh();
    const found = async (query: Partial<Parameters<Store['searchFindings']>[0]>) =>
      (await store().searchFindings({ limit: 10, ...query })).map(({ id }) => id);
    expect(await found({ fingerprint: 'alike-a' })).toEqual(['0-alike-1']);
    expect(await found({ rule: 'alike.one' })).toEqual(['0-alike-1', '0-alike-2', '0-alike-3']);
    expect(await found({ rule: 'alike.one', service: 'alike' })).toEqual(['0-alike-1', '0-alike-2']);
    expect(await found({ rule: 'alike.one', fingerprint: 'alike-d' })).toEqual([]);
    expect(await found({ rule: hostile })).toEqual([]);
    expect(await found({ fingerprint: hostile })).toEqual([]);
  });

  it('gives up a search whose signal says so', async () => {
    const signal = AbortSignal.abort(new Error('late'));
    await expect(store().searchFindings({ limit: 1, signal })).rejects.toThrow('late');
    await expect(store().searchLogs({ limit: 1, signal })).rejects.toThrow('late');
  });
}

export function deliveryContract(store: () => Store): void {
  describe('deliveries', () => {
    it('keeps every outcome of every attempt once', async () => {
      const of = (outcome: 'sending' | 'retrying' | 'sent', attempt: number, after: number) =>
        sampleDelivery({
          incidentId: 'kept',
          messageId: 'console:kept:1',
          outcome,
          attempt,
          at: iso(start + after),
        });
      const all = [of('sending', 1, 0), of('retrying', 1, 5), of('sending', 2, 10), of('sent', 2, 15)];
      const outcomes = await store().saveDeliveries(all, forever);
      expect(outcomes.map(({ kind }) => kind)).toEqual(['stored', 'stored', 'stored', 'stored']);
      const again = await store().saveDeliveries([...all, of('sending', 3, 20)], {
        ...forever,
        verify: true,
      });
      expect(again.map(({ kind }) => kind)).toEqual([
        'duplicate',
        'duplicate',
        'duplicate',
        'duplicate',
        'stored',
      ]);
      await store().refresh();
      expect(await store().deliveries({ incidentId: 'kept', limit: 10 })).toEqual([
        of('sending', 3, 20),
        ...all.toReversed(),
      ]);
      expect(await store().deliveries({ incidentId: 'kept', limit: 1 })).toHaveLength(1);
    });

    it('keeps that another channel was asked beside the outcome that it had already', async () => {
      const retrying = sampleDelivery({
        incidentId: 'fallen',
        messageId: 'ops:fallen:1',
        outcome: 'retrying',
      });
      const fallen = { ...retrying, at: iso(start + hour), fellBackTo: 'console' };
      await store().saveDeliveries([retrying, fallen, fallen], forever);
      await store().refresh();
      const kept = await store().deliveries({ incidentId: 'fallen', limit: 10 });
      expect(kept).toHaveLength(2);
      expect(kept).toEqual(expect.arrayContaining([fallen, retrying]));
    });

    it('finds them by channel and by group, and keeps every field', async () => {
      const full = sampleDelivery({
        incidentId: 'of-ops',
        messageId: 'group-ops:7',
        groupId: 'group-ops',
        channel: 'ops',
        outcome: 'dead',
        code: '11232',
        error: 'frequency limited <at id=all></at>',
        cause: 'retryable',
        platformMessageId: 'om_1',
        cardSentAt: iso(start),
        digestId: 'digest-1',
        fellBackTo: 'console',
      });
      await store().saveDeliveries([full, sampleDelivery({ messageId: 'other:1' })], forever);
      await store().refresh();
      expect(await store().deliveries({ groupId: 'group-ops', limit: 10 })).toEqual([full]);
      expect(await store().deliveries({ groupId: 'group-ops', incidentId: 'kept', limit: 10 })).toEqual([]);
      expect(await store().deliveries({ channel: 'ops', limit: 10 })).toHaveLength(1);
      expect(await store().deliveries({ channel: 'ops', incidentId: 'kept', limit: 10 })).toEqual([]);
    });
  });
}
