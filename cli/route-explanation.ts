import type { ExplainedDestination, Explanation, LookedAt, Meant } from '#shared/routing/index.ts';
import { printable } from '#shared/text/printable.ts';

/** The explanation as text: the tree as it was looked at, and then where the finding goes. */
export function explanationText({ finding, at, labels, tree, destinations, quiet }: Explanation): string {
  const { id, title, service, type, severity } = finding;
  const lines = [
    `${id}  ${severity}  ${service}  ${type}: ${title}`,
    `at ${at}`,
    ...Object.entries(labels).map(([name, values]) => `  ${name}: ${values.slice(0, 8).join(', ')}`),
    '',
    'Routes, as they are looked at:',
    ...treeLines(tree, '  '),
    ...destinations.flatMap((each) => ['', ...destinationLines(each)]),
    ...(quiet === undefined ? [] : ['', `No card is sent at the moment: ${quiet}.`]),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function treeLines({ name, verdict, checks, isTaken, routes }: LookedAt, indent: string): string[] {
  const title = name === '' ? '(root)' : name;
  const said = {
    fits: isTaken ? 'fits, and is taken' : 'fits',
    'does-not-fit': 'does not fit',
    'not-asked': 'is not asked: one before it fits, and does not continue',
  }[verdict];
  return [
    `${indent}${{ fits: '+', 'does-not-fit': '-', 'not-asked': '.' }[verdict]} ${title}: ${said}`,
    ...checks.map(
      (check) =>
        `${indent}    ${check.name}: ${check.fits ? 'yes' : 'no'}, wanted ${check.wanted}; it is ${check.found}`,
    ),
    ...routes.flatMap((inner) => treeLines(inner, `${indent}  `)),
  ];
}

function destinationLines(destination: ExplainedDestination): string[] {
  const { path, channels, types, fallback, people, escalate } = destination;
  const [first, ...also] = channels;
  const named = (channel: string) => `${channel} (${types[channel]})`;
  return [
    `It goes by ${path.length === 0 ? '(root)' : path.join(' / ')}:`,
    first === undefined
      ? '  no channel: nobody is told'
      : `  channel: ${named(first)}, whose card people work on`,
    ...(also.length === 0 ? [] : [`  also: ${also.map(named).join(', ')}`]),
    ...(fallback.length === 0 ? [] : [`  where one does not take it: ${fallback.join(', then ')}`]),
    ...people.map((one) => `  ${personText(one)}`),
    ...escalate.flatMap((step) => [
      `  nobody has taken it on after ${minutesText(step.afterMs)}: ${[...step.channels, ...(first === undefined ? [] : [first])].join(', ')}`,
      ...step.people.map((one) => `    ${personText(one)}`),
    ]),
    `  ${groupText(destination)}`,
  ];
}

function personText({ name, who, team, isTold, why, channel }: Meant): string {
  const whom = `${name} (${who}${team === undefined ? '' : `, of team ${team}`})`;
  if (!isTold) return `not told: ${whom}: ${why}`;
  return `told: ${whom}: ${why}${channel === undefined ? '' : `; on channel ${channel} too`}`;
}

function groupText({ groupBy, groupMs, groupKey, groupValues }: ExplainedDestination): string {
  if (groupKey === undefined) return 'it has a card of its own';
  const values = groupBy.map((name) => `${name} ${groupValues[name]?.join(', ') || '(none)'}`);
  return `it shares a card with others of ${values.join(', ')} that come within ${minutesText(groupMs)}`;
}

function minutesText(ms: number): string {
  return `${Number((ms / 60_000).toFixed(2))} min`;
}
