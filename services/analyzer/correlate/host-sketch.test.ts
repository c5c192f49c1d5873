import { describe, expect, it } from 'vitest';
import { HostSketch } from './host-sketch.ts';

describe('HostSketch', () => {
  it.each([0, 1, 51, 500, 5000, 50_000])('estimates %i names within 10%', (names) => {
    const sketch = new HostSketch();
    for (let index = 0; index < names; index++) sketch.add(`host-${index}.example.org`);
    expect(Math.abs(sketch.estimate() - names)).toBeLessThanOrEqual(names * 0.1);
  });

  it('does not count a name twice, nor care for the order', () => {
    const names = Array.from({ length: 300 }, (_, index) => `h${index}`);
    const forth = new HostSketch();
    const back = new HostSketch();
    for (const name of [...names, ...names]) forth.add(name);
    for (const name of names.toReversed()) back.add(name);
    expect(forth.serialize()).toBe(back.serialize());
  });

  it('goes on from its serialized state', () => {
    const whole = new HostSketch();
    const half = new HostSketch();
    for (let index = 0; index < 200; index++) whole.add(`h${index}`);
    for (let index = 0; index < 100; index++) half.add(`h${index}`);
    const restored = new HostSketch(half.serialize());
    for (let index = 100; index < 200; index++) restored.add(`h${index}`);
    expect(restored.estimate()).toBe(whole.estimate());
  });

  it('refuses a state that is not one', () => {
    expect(() => new HostSketch('AAAA')).toThrow(RangeError);
  });
});
