import type { Colours } from './panel.ts';

/** Kibana's own colours of status (Elastic UI, Borealis). */
const colours = { good: '#24c292', warning: '#fcd883', bad: '#f6726a' } as const;

/** The colours as Lens keeps them: each from its value on, the last without end. */
export function palette({ from }: Colours): Record<string, unknown> {
  const starts = from.map(({ value, colour }) => ({ color: colours[colour], stop: value }));
  const last = from.at(-1)?.value ?? 0;
  const ends = starts.map(({ color }, index) => ({ color, stop: from[index + 1]?.value ?? last + 1 }));
  return {
    type: 'palette',
    name: 'custom',
    params: {
      name: 'custom',
      reverse: false,
      rangeType: 'number',
      rangeMin: from[0]?.value ?? 0,
      rangeMax: null,
      progression: 'fixed',
      continuity: 'above',
      steps: from.length,
      maxSteps: 5,
      stops: ends,
      colorStops: starts,
    },
  };
}
