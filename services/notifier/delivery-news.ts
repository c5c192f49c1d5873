import type { Delivery } from '#shared/model/index.ts';

/** What an operator has to see in the log: a message that no group will, a far side that does not take what it is sent, who is told instead. */
export function deliveryNews(delivery: Delivery): { level: 'error' | 'warn'; text: string } | undefined {
  const { channel, incidentId, attempt, outcome, error, fellBackTo } = delivery;
  const instead = fellBackTo === undefined ? '' : `; ${fellBackTo} is told instead`;
  const card = `channel ${channel}: card of incident ${incidentId}`;
  if (outcome === 'dead')
    return {
      level: 'error',
      text: `${card} given up: ${error}${instead}; it is in dlq.outbox.${channel}, from where \`logpatrol queue replay\` sends it again`,
    };
  if (outcome !== 'retrying') return undefined;
  // Without an error nothing was tried: it is the note that another channel was asked.
  const text =
    error === undefined
      ? `${card} waits${instead}`
      : `channel ${channel}: attempt ${attempt} failed, will try again: ${error}`;
  return { level: 'warn', text };
}
