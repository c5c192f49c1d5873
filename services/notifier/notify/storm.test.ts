import { describe, expect, it } from 'vitest';
import { type Finding, severities } from '#shared/model/index.ts';
import { randomFrom } from '../testing/hostile.ts';
import { sampleFinding } from '../testing/sample.ts';
import { minute, Story, second } from './testing/story.ts';

const channels = ['app', 'bot', 'night'];
const config = {
  channels: Object.fromEntries(channels.map((name) => [name, { type: 'console' }])),
  routing: {
    channel: 'app',
    also: ['bot'],
    escalate: [{ afterMinutes: 8 }],
    routes: [{ name: 'some', when: { services: ['s1*'] }, channel: 'night', groupBy: ['service', 'rule'] }],
  },
};
const routed = ({ service }: Finding) => (service.startsWith('s1') ? ['night', 'bot'] : ['app', 'bot']);

/** A storm out of a seed: findings that open, change, end and begin again, with crashes and takeovers in the middle. */
function storm(seed: number): { story: Story; newest: Map<string, Finding> } {
  const random = randomFrom(seed);
  const pick = (most: number) => Math.floor(random() * most);
  const story = new Story({ config, canUpdate: ['app', 'night'] });
  const newest = new Map<string, Finding>();
  const next = (): Finding => {
    const known = [...newest.values()];
    const before = random() < 0.5 ? known[pick(known.length)] : undefined;
    const { revision = 0, openings = 1, state } = before ?? {};
    const isReopened = state === 'resolved' && random() < 0.5;
    const finding = sampleFinding({
      id: `i${newest.size}`,
      service: `s${pick(20)}`,
      rule: `r${pick(3)}`,
      ...before,
      severity: severities[pick(3)] ?? 'info',
      revision: revision + 1,
      openings: isReopened ? openings + 1 : openings,
      state: random() < 0.3 || (state === 'resolved' && !isReopened) ? 'resolved' : 'open',
    });
    newest.set(finding.id, finding);
    return finding;
  };
  for (let step = 0; step < 80; step++) {
    const batch = Array.from({ length: pick(12) }, next);
    const chance = random();
    if (chance < 0.1) {
      story.crashOn(...batch);
      story.read();
    } else story.find(...batch);
    if (chance > 0.9) story.takeOver();
    story.wait(pick(20) * second, second);
  }
  story.wait(20 * minute, 5 * second);
  return { story, newest };
}

describe.each([1, 2, 3])('a storm (seed %i)', (seed) => {
  const { story, newest } = storm(seed);

  it('loses no finding: each is on one card of each channel that it goes to, and that card was sent with it', () => {
    const groups = story.groups();
    expect(newest.size).toBeGreaterThan(100);
    for (const finding of newest.values()) {
      const on = groups.filter(({ members }) => members.some(({ incidentId }) => incidentId === finding.id));
      expect(on.map(({ channel }) => channel).sort(), finding.id).toEqual(routed(finding).sort());
      for (const { id, members } of on) {
        expect(members.length).toBeLessThanOrEqual(50);
        const shown = story.messages
          .filter(({ groupId }) => groupId === id)
          .flatMap(({ finding: subject, others = [] }) => [subject, ...others])
          .filter((each) => each.id === finding.id);
        expect(shown.length, `${finding.id} on ${id}`).toBeGreaterThan(0);
        // What is kept up to date shows its end, and what cannot be tells of it.
        const last = shown.at(-1)?.state;
        const isAllOver = members.every(({ state }) => state === 'resolved');
        if (!id.startsWith('bot') || isAllOver) expect(last, `${finding.id} on ${id}`).toBe(finding.state);
      }
    }
  });

  it('never uses a number twice, and rings once for a card that others join', () => {
    const ids = story.messages.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const firsts = story.messages.filter(({ id }) => id.endsWith(':1'));
    expect(firsts.length).toBeLessThan(story.messages.length / 2);
  });

  it('is the same for whoever reads it', () => {
    expect(storm(seed).story.messages).toEqual(story.messages);
  });
});
