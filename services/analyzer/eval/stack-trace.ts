import type { ScenarioLines } from './scenario.ts';

const packages = [
  'web.filter',
  'web.dispatch',
  'order.service',
  'order.repository',
  'jdbc.pool',
  'proxy.aop',
];

/** A Java stack trace of about so many KB below its line, the same each time: what a proxied framework prints when it fails deep down. */
export function stackTrace({
  head,
  exception,
  cause,
  kilobytes,
}: NonNullable<ScenarioLines['trace']>): string {
  const lines = [head, exception];
  const last = cause === undefined ? [] : [`Caused by: ${cause}`, frame(0), '\t... 61 more'];
  const wanted = kilobytes * 1024 - last.join('\n').length;
  let length = lines.join('\n').length;
  for (let number = 0; length < wanted; number += 1) {
    const line = frame(number);
    lines.push(line);
    length += line.length + 1;
  }
  return [...lines, ...last].join('\n');
}

function frame(number: number): string {
  const name = packages[number % packages.length] ?? '';
  return `\tat com.example.${name}.Handler$${number % 37}.invoke${number}(Handler.java:${100 + (number % 900)})`;
}
