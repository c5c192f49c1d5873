import { describe, expect, it } from 'vitest';
import { type Alert, toldOf } from './accuracy-alerts.ts';

function alert(fingerprint: string, isRight: boolean, more: Partial<Alert['finding']> = {}): Alert {
  return {
    finding: {
      id: 'i',
      rule: 'r.x',
      fingerprint,
      service: 's',
      type: 'app',
      hosts: ['h'],
      severity: 'warning',
      ...more,
    },
    isRight,
    set: 'A',
  };
}

describe('toldOf', () => {
  it('clicks on each wrong alert, after which its like is quiet, right or wrong', () => {
    const figures = toldOf([alert('a', false), alert('b', true), alert('a', false), alert('a', true)]);
    expect(figures).toMatchObject({ told: 2, right: 1, clicks: 1, muted: { wrong: 1, right: 1 } });
    expect(figures.curve).toEqual([
      { told: 1, right: 0 },
      { told: 2, right: 1 },
    ]);
  });

  it('tells what is pinned all the same, what another service has too, and no information', () => {
    const figures = toldOf([
      alert('a', false, { pinned: true }),
      alert('a', false, { pinned: true }),
      alert('a', false, { service: 'other' }),
      alert('c', false, { severity: 'info' }),
    ]);
    expect(figures).toMatchObject({ told: 3, clicks: 3, muted: { wrong: 0, right: 0 } });
  });
});
