import { Scenario } from '../scenario.ts';

const right = {
  verdict: 'watch',
  summary: 's',
  cause: 'c',
  evidence: [],
  actions: [],
  severity: 'info',
  confidence: 1,
};

/** A scenario with all that it needs but lines and what it is about. */
export function sampleScenario(some: Record<string, unknown>): Scenario {
  return Scenario.parse({
    name: 'some',
    tags: ['some'],
    why: 'It is one.',
    expect: { verdict: 'watch', severity: 'info' },
    answers: {
      right: [right],
      wrong: [
        { because: 'a', fails: 'verdict' },
        { because: 'b', fails: 'cause' },
      ],
    },
    ...some,
  });
}
