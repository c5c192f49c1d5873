import type { SelEvent } from '#shared/model/index.ts';
import { type Component, componentOfName, componentOfType } from '../component.ts';
import type { Meaning } from './meaning.ts';
import type { Fault, HostEvents, Line, Module, Sensor } from './state.ts';

const maxLabel = 200;
/** Records of makers and of operating systems name no sensor; a panic's text is spread over several of them. */
const recordName = 'OEM record';

/** What names the sensor of an event. */
interface Identity extends Pick<Sensor, 'server' | 'number' | 'name' | 'part'> {
  readonly component: Component;
}

/**
 * The sensors that an event is about, made where they are not known: of a deassertion that does not tell which part it means, all
 * parts of its sensor.
 */
export function sensorsOf(state: HostEvents, event: SelEvent, meaning: Meaning): Sensor[] {
  const identity = identityOf(event, meaning);
  const { server, number, name, part, component } = identity;
  const known = state.sensors.filter(
    (each) => each.server === server && each.number === number && each.name === name,
  );
  if (meaning.begins === undefined && part === undefined && known.length > 0) return known;
  const same = known.find((each) => each.part === part);
  if (same !== undefined) return [same];
  const label = labelOf(name, part);
  // Some BMCs call several sensors the same.
  const isTaken = state.sensors.some((each) => each.label === label);
  const made: Sensor = {
    ...{ server, name, component, ended: [], faults: [] },
    ...(number !== undefined && { number }),
    ...(part !== undefined && { part }),
    label: isTaken && number !== undefined ? labelOf(label, `#0x${number.toString(16)}`) : label,
  };
  state.sensors.push(made);
  return [made];
}

function identityOf(event: SelEvent, meaning: Meaning): Identity {
  const { observer, ipmi } = event;
  const component = componentOf(event, meaning);
  const server = observer.name;
  if (component === 'event-log') return { server, name: 'SEL', component };
  const { part } = ipmi.event;
  const isOfParts = component === 'memory' || meaning.isMomentary;
  return {
    ...{ server, component, name: labelOf(ipmi.sensor?.name ?? recordName) },
    ...(ipmi.sensor && { number: ipmi.sensor.number }),
    ...(isOfParts && part !== undefined && { part: labelOf(part) }),
  };
}

/** The memory module that a corrected error is of. @param line the error */
export function moduleOf(state: HostEvents, event: SelEvent, rule: string, line: Line): Module {
  const { observer, ipmi } = event;
  const label = labelOf(ipmi.sensor?.name ?? 'memory', ipmi.event.part);
  const known = state.modules.find((each) => each.server === observer.name && each.label === label);
  if (known !== undefined) {
    known.rule = rule;
    if (line.at >= known.line.at) known.line = line;
    return known;
  }
  const made: Module = {
    ...{ server: observer.name, label, rule, hours: [], days: [] },
    ...{ lastArrivedAt: 0, untold: 0, line },
  };
  state.modules.push(made);
  return made;
}

/** The fault of a sensor that a state of this family is part of, else of this rule. */
export function faultOf(sensor: Sensor, { family }: Meaning, rule: string, arrivedAt: number): Fault {
  const name = family === undefined ? rule : `hardware.${family}`;
  let fault = sensor.faults.find((each) => each.family === name);
  if (fault === undefined) {
    fault = { family: name, standing: [], heals: [], changedAt: arrivedAt };
    sensor.faults.push(fault);
  }
  fault.changedAt = arrivedAt;
  return fault;
}

function componentOf(event: SelEvent, meaning: Meaning): Component {
  const { sensor, event: said } = event.ipmi;
  if (said.log !== undefined || meaning.family === 'event-log') return 'event-log';
  if (sensor === undefined) return 'other';
  const byType = componentOfType(sensor.type);
  return byType === 'other' ? (componentOfName(sensor.name) ?? 'other') : byType;
}

function labelOf(name: string, part?: string): string {
  return (part === undefined ? name : `${name} ${part}`).slice(0, maxLabel).toWellFormed();
}
