import type { SelEvent } from '#shared/model/index.ts';
import { isLater, type Mark } from './mark.ts';
import { meaningOf } from './meaning.ts';
import { countError } from './memory-errors.ts';
import { faultOf, moduleOf, sensorsOf } from './sensors.ts';
import type { Fault, HostEvents, Line, Sensor, Standing } from './state.ts';
import type { Telling, TellingOptions } from './telling.ts';

/** An event, its document's id in the store, and when it arrived on the bus, in milliseconds since the epoch. */
export interface ArrivedEvent {
  readonly event: SelEvent;
  readonly id: string;
  readonly arrivedAt: number;
}

/** What came so late is not urgent, in milliseconds: whether it is over already may be on its way too. */
const lateAfter = 10 * 60_000;
const maxText = 400;
const maxWords = 160;
const maxLines = 3;

/** Takes one event into the state of its machine. False where it says nothing that matters. */
export function takeEvent(
  state: HostEvents,
  { event, id, arrivedAt }: ArrivedEvent,
  { rules }: TellingOptions,
  telling: Telling,
): boolean {
  const meaning = meaningOf(event);
  const at = Math.min(Date.parse(event['@timestamp']), arrivedAt);
  const { generation, record_id: record } = event.ipmi;
  const mark: Mark = { generation, ...(record !== undefined && { record }), at, arrivedAt };
  const line: Line = { id, at, text: event.message.slice(0, maxText).toWellFormed() };
  const rule = meaning.begins === undefined ? undefined : rules.of(event);
  if (meaning.isCorrectedError) {
    return rule !== undefined && countError(moduleOf(state, event, rule.id, line), at, arrivedAt);
  }
  if (rule === undefined && meaning.ends.length === 0) return false;
  for (const sensor of sensorsOf(state, event, meaning)) {
    for (const code of meaning.ends) end(sensor, code, mark);
    if (meaning.begins !== undefined && rule !== undefined)
      begin(faultOf(sensor, meaning, rule.id, arrivedAt), {
        code: meaning.begins,
        ...{ rule: rule.id, severity: rule.severity, since: mark, isMomentary: meaning.isMomentary },
        words: wordsOf(event),
        ...(event.ipmi.reading && { reading: event.ipmi.reading }),
        assertions: 1,
        untold: {
          ...{ count: 1, firstAt: at, lastAt: at, lines: [line] },
          ...{ firstArrivedAt: arrivedAt, lastArrivedAt: arrivedAt },
        },
      });
    for (const fault of sensor.faults) settle(sensor, fault, line, arrivedAt, telling);
  }
  return true;
}

function end(sensor: Sensor, code: string, mark: Mark): void {
  const known = sensor.ended.find((each) => each.code === code);
  if (known === undefined) sensor.ended.push({ code, mark });
  else if (isLater(mark, known.mark)) known.mark = mark;
}

function begin(fault: Fault, begun: Standing): void {
  const known = fault.standing.find(({ code }) => code === begun.code);
  if (known === undefined) {
    fault.standing.push(begun);
    return;
  }
  const isNewer = isLater(begun.since, known.since);
  // The same again, or one that a later one has replaced.
  if (!isNewer && !(known.isMomentary && isLater(known.since, begun.since))) return;
  if (isNewer) Object.assign(known, { since: begun.since, words: begun.words, reading: begun.reading });
  known.assertions += 1;
  const { untold } = known;
  if (untold === undefined || begun.untold === undefined) {
    known.untold = begun.untold;
    return;
  }
  untold.count += 1;
  untold.firstAt = Math.min(untold.firstAt, begun.untold.firstAt);
  untold.lastAt = Math.max(untold.lastAt, begun.untold.lastAt);
  untold.lastArrivedAt = Math.max(untold.lastArrivedAt, begun.untold.lastArrivedAt);
  untold.lines = [...untold.lines, ...begun.untold.lines].slice(-maxLines);
}

/** Takes away what is over. */
function settle(sensor: Sensor, fault: Fault, line: Line, arrivedAt: number, telling: Telling): void {
  const isOver = ({ code, since }: Standing) => {
    const ended = sensor.ended.find((each) => each.code === code);
    return ended !== undefined && isLater(ended.mark, since);
  };
  const over = fault.standing.filter(isOver);
  const [last] = over;
  if (last === undefined) return;
  fault.changedAt = arrivedAt;
  // It was critical, and not long ago: that is told even where it is over by now.
  if (over.some((each) => each.severity === 'critical' && isUrgent(each) && line.at >= arrivedAt - lateAfter))
    telling.fault(sensor, fault);
  fault.standing = fault.standing.filter((each) => !over.includes(each));
  if (fault.standing.length > 0) return;
  if (fault.told === undefined) telling.heal(sensor, fault, last, line, arrivedAt);
  else telling.over(sensor, fault, line, arrivedAt);
}

/** Whether it is to be told at once: it is critical now, or it has happened and nothing will take it back. */
export function isUrgent({ severity, isMomentary, untold }: Standing): boolean {
  if (untold === undefined) return false;
  return isMomentary || (severity === 'critical' && untold.lastAt >= untold.lastArrivedAt - lateAfter);
}

function wordsOf({ ipmi }: SelEvent): string {
  const { description, detail } = ipmi.event;
  return (detail === undefined ? description : `${description} (${detail})`)
    .slice(0, maxWords)
    .toWellFormed();
}
