import { describe, expect, it } from 'vitest';
import { Breaker } from './breaker.ts';

describe('Breaker', () => {
  it('opens after three failures in a row, and not before', () => {
    const breaker = new Breaker();
    breaker.failed(0);
    breaker.failed(0);
    breaker.succeeded();
    breaker.failed(0);
    breaker.failed(0);
    expect(breaker.isOpen).toBe(false);
    breaker.failed(0);
    expect(breaker.isOpen).toBe(true);
    expect(breaker.allows(9_999)).toBe(false);
  });

  it('lets one probe through, the next after twice the time, five minutes at most', () => {
    const breaker = new Breaker();
    for (let failures = 0; failures < 20; failures++) breaker.failed(0);
    const probes: number[] = [];
    for (let now = 0; now < 2_000_000; now += 1000) if (breaker.allows(now)) probes.push(now / 1000);
    expect(probes).toEqual([10, 30, 70, 150, 310, 610, 910, 1210, 1510, 1810]);
  });

  it('closes with the first success, and is as patient as at first', () => {
    const breaker = new Breaker();
    for (let failures = 0; failures < 3; failures++) breaker.failed(0);
    expect(breaker.allows(10_000)).toBe(true);
    expect(breaker.isOpen).toBe(true);
    breaker.succeeded();
    expect(breaker.isOpen).toBe(false);
    for (let failures = 0; failures < 3; failures++) breaker.failed(20_000);
    expect(breaker.allows(29_999)).toBe(false);
    expect(breaker.allows(30_000)).toBe(true);
  });

  it('opens at once where the next call is known to fail too, and knows since when', () => {
    const breaker = new Breaker();
    breaker.failed(5);
    expect(breaker.openSince).toBeUndefined();
    breaker.failed(7, true);
    expect([breaker.isOpen, breaker.openSince]).toEqual([true, 5]);
    breaker.succeeded();
    breaker.failed(50_000, true);
    expect(breaker.openSince).toBe(50_000);
  });
});
