import { printable } from '#shared/text/printable.ts';
import type { SensorReading } from '../inspection.ts';

/** IPMI's own are 16 characters at most; the rest is room for what tells two of one name apart. */
const maxName = 64;

/** Hostile text as one visible line, cut. */
export function visible(text: string, length: number): string {
  return printable(text.slice(0, length * 2))
    .trim()
    .slice(0, length);
}

/**
 * A name of its own for each sensor of a BMC, in their order: some BMCs call several of them the same (`Temp` of each processor), and a
 * name stands for one history. Those are told apart by entity, else by number, else by their order.
 *
 * @param reserved names that none of them may have
 */
export function distinctNames(sensors: readonly SensorReading[], reserved: ReadonlySet<string>): string[] {
  const plain = sensors.map(({ name, number }) => visible(name, maxName - 24) || fallbackName(number));
  const byEntity = sensors.map(({ entity }, index) =>
    entity === undefined ? plain[index] : `${plain[index]} (${visible(entity, 20)})`,
  );
  const byNumber = sensors.map(({ number }, index) =>
    number === undefined ? plain[index] : `${plain[index]} (${hex(number)})`,
  );
  const count = (names: readonly (string | undefined)[]) => {
    const counts = new Map<string | undefined, number>();
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    return (name: string | undefined) => counts.get(name) ?? 0;
  };
  const [plainly, entities, numbers] = [count(plain), count(byEntity), count(byNumber)];
  const isItsOwn = (name: string) => plainly(name) === 1 && !reserved.has(name);
  const taken = new Set([...reserved, ...plain.filter(isItsOwn)]);
  return plain.map((name, index) => {
    if (isItsOwn(name)) return name;
    const candidates = [
      ...(entities(byEntity[index]) === 1 ? [byEntity[index]] : []),
      ...(numbers(byNumber[index]) === 1 ? [byNumber[index]] : []),
    ];
    let own = candidates.find((each) => each !== undefined && !taken.has(each));
    for (let nth = 1; own === undefined; nth += 1) if (!taken.has(`${name} #${nth}`)) own = `${name} #${nth}`;
    taken.add(own);
    return own;
  });
}

function fallbackName(number: number | undefined): string {
  return number === undefined ? 'sensor' : `sensor ${hex(number)}`;
}

function hex(number: number): string {
  return `${number.toString(16).padStart(2, '0')}h`;
}
