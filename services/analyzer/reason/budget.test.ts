import { describe, expect, it } from 'vitest';
import { divide } from './budget.ts';

describe('divide', () => {
  const ask = (wanted: number, minimum: number, share: number) => ({ wanted, minimum, share });

  it('gives each its minimum first, the most important before the others', () => {
    expect(divide(150, [ask(500, 100, 0.5), ask(500, 100, 0.5)])).toEqual([100, 50]);
    expect(divide(-10, [ask(500, 100, 0.5)])).toEqual([0]);
  });

  it('gives nobody more than it wants, and what one leaves to the others by their shares', () => {
    const asks = [ask(40, 100, 0.6), ask(5000, 100, 0.2), ask(5000, 100, 0.1), ask(5000, 100, 0.1)];
    expect(divide(1340, asks)).toEqual([40, 600, 350, 350]);
    expect(divide(9000, [ask(40, 100, 0.9), ask(300, 100, 0.1)])).toEqual([40, 300]);
  });
});
