import { greatest } from './greatest.ts';
import type { Words } from './words.ts';

export const english: Words = {
  severity: { critical: 'Critical', warning: 'Warning', info: 'Info' },
  resolved: 'Resolved',
  drill: 'DRILL / 演练',
  reason: {
    opened: 'New',
    reopened: 'Happening again',
    escalated: 'Severity raised',
    concluded: 'Analysis',
    affected: 'More is affected',
    flapping: 'Comes and goes',
    muted: 'Muted',
    resolved: 'Resolved',
    joined: 'More like it',
    unacknowledged: 'Nobody has taken it',
    handled: 'Progress',
    fallback: 'In place of another channel',
  },
  colon: ': ',
  firstSeen: 'First seen',
  lastSeen: 'Last seen',
  count: 'Count',
  hosts: 'Hosts',
  service: 'Service',
  rule: 'Rule',
  severityReasons: 'Why this severity',
  lasted: 'Lasted',
  lasting: 'For',
  detail: 'Detail',
  muted: 'Muted',
  control: { feedback: 'not a problem', maintenance: 'maintenance', silence: 'silence' },
  mutedBy: (by, kind, until) => `by ${by} (${kind}), ${until === undefined ? 'for good' : `until ${until}`}`,
  flapping: 'resolved and back several times of late; over only once it has been quiet for long enough',
  causedBy: 'Probably caused by',
  affected: 'Also affected',
  moreIncidents: (count) => ` and more, ${count} incidents in all`,
  knownGood: 'Known good',
  knownGoodMeans: 'as frequent in the logs that were learned as good',
  heldBack: 'Held back',
  heldBackSince: (count, since) => `${count} more of this rule since ${since}`,
  hardware: 'Hardware fault of the host',
  asset: 'Asset',
  owner: (name) => `owner ${name}`,
  conclusion: 'Conclusion',
  verdict: {
    actionable: 'act now',
    watch: 'watch it',
    'not-actionable': 'nothing to do',
    unknown: 'cannot tell',
  },
  cause: 'Cause',
  unproven: ' (unproven)',
  actions: 'What to do',
  firstSteps: (title) => `First steps: runbook "${title}"`,
  fromRunbook: (title, section) => `runbook "${title}"${section === '' ? '' : `, ${section}`}`,
  ownSuggestion: "the model's own suggestion",
  runbooks: 'Runbooks',
  namedByRule: 'named by the rule',
  similar: 'Seen before',
  feedback: (words) => `people said: ${words}`,
  proof: 'Lines that show it',
  evidence: 'Log lines',
  before: '(before it)',
  cited: '(cited)',
  without: {
    model: 'By rules alone',
    pending: 'By rules alone; the model has not answered yet, its conclusion will follow',
    unavailable: 'By rules alone; the model is not available',
    off: 'By rules alone; no model is configured',
  },
  by: (model, percent, seconds) => `model ${model}, confidence ${percent}%, took ${seconds} s`,
  takenOver: 'taken over from an earlier incident like it',
  openBracket: ' (',
  closeBracket: ')',
  moreHosts: (count) => ` and more, ${count} in all`,
  cut: (length) => `… (cut, ${length} characters in all)`,
  moreLines: (count) => `… (${count} more lines)`,
  state: { open: 'open', acknowledged: 'acknowledged', resolved: 'resolved' },
  times: (count) => `×${count}`,
  assignee: 'Taken by',
  since: (name, at) => `${name} (since ${at})`,
  action: {
    acknowledge: 'Take it',
    resolve: 'Resolved',
    'hand-over': 'Hand over',
    'not-a-problem': 'Not a problem',
    'silence-1h': 'Silence for 1 h',
    'silence-8h': 'Silence for 8 h',
    'silence-until-resolved': 'Silence until resolved',
  },
  did: (who, action, to) => {
    switch (action) {
      case 'acknowledge':
        return `${who} took it`;
      case 'resolve':
        return `${who} resolved it`;
      case 'hand-over':
        return `${who} handed it over to ${to ?? 'somebody'}`;
      case 'not-a-problem':
        return `${who} said that it is not a problem`;
      case 'silence-1h':
        return `${who} silenced it for 1 h`;
      case 'silence-8h':
        return `${who} silenced it for 8 h`;
      case 'silence-until-resolved':
        return `${who} silenced it until it is resolved`;
    }
  },
  confirm: {
    title: { resolve: 'Is it resolved?', 'not-a-problem': 'Is it not a problem?' },
    text: {
      resolve: 'Everybody in the group sees it. What comes after it is told again.',
      'not-a-problem':
        'Everybody in the group sees it, and nobody is told of its like of this service again.',
    },
  },
  silenceFor: 'Silence',
  silence: { 'silence-1h': '1 h', 'silence-8h': '8 h', 'silence-until-resolved': 'until resolved' },
  history: 'What was done',
  mentions: 'Please look',
  chart: 'Lines over time',
  sensors: 'Sensors',
  power: { on: 'power on', off: 'power off' },
  bmc: { unreachable: 'BMC unreachable', refused: 'BMC refuses', invalid: 'BMC answers nonsense' },
  memory: (percent) => `memory ${percent}%`,
  members: (count) => `More like it (${count})`,
  moreMembers: (count) => `… (${count} more are not listed)`,
  full: 'Full text',
  fingerprint: 'Fingerprint',
  labels: 'Labels',
  inKibana: 'Lines in Kibana',
  details: 'Details',
  meantFor: 'Meant for channel',
  ownTemplateFailed:
    'your own template cannot make this card: this is the shipped one; run logpatrol cards lint',
  digest: (count) => `Digest: ${count} ${count === 1 ? 'alert' : 'alerts'}`,
  digestMeans: 'more than the channel takes one by one; none is left out',
  waiting: (count) => `${count} more are waiting to be sent`,
  others: (count) => `with ${count} more like it`,
  duration: (days, hours, minutes, seconds) =>
    greatest(
      [
        [days, ' d'],
        [hours, ' h'],
        [minutes, ' min'],
        [seconds, ' s'],
      ],
      ' ',
    ),
};
