import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { z } from 'zod';
import type { Reading } from '#shared/model/index.ts';
import type { WriteOutcome } from '../../port.ts';
import { describe } from './description.ts';
import { packMoment, unpack } from './packed.ts';

const Id = z.object({ id: z.number() });
const Row = z.object({ seq: z.number(), json: z.string() });
const OfSensor = z.object({ sensor: z.number() });

/** A sensor as it is described now: rows of the tables that say so, and until when they say they are in use. */
interface Known {
  readonly server: number;
  readonly sensor: number;
  readonly description: number;
  usedUntil: number;
}

/** The row of one server and moment while readings are put into it. */
interface OpenRow {
  readonly server: number;
  readonly time: number;
  /** Of the row where it is in the table already. */
  readonly seq: number | undefined;
  readonly values: Map<number, number | null>;
  readonly sensors: Set<number>;
}

/** Sensors that are remembered; some hundred bytes each. */
const maxKnown = 50_000;
/** Rows that readings refer to say when they were in use last, this exactly: what is not in use any more goes some days later. */
const usedWithinMs = 24 * 60 * 60 * 1000;

const duplicate: WriteOutcome = { kind: 'duplicate' };
const stored: WriteOutcome = { kind: 'stored' };

/** Puts readings into the tables. */
export class ReadingsWriter {
  readonly #known = new Map<string, Known>();
  readonly #statements: ReturnType<typeof statementsOf>;

  constructor(database: DatabaseSync) {
    this.#statements = statementsOf(database);
  }

  /** Forgets what it knows of the tables: for when a transaction failed, or rows were dropped. */
  forget(): void {
    this.#known.clear();
  }

  /** One outcome a reading; inside a transaction. Those of one server and moment are best given one after another. */
  save(readings: readonly Reading[]): WriteOutcome[] {
    let row: OpenRow | undefined;
    const outcomes: WriteOutcome[] = [];
    for (const reading of readings) {
      const time = Date.parse(reading.timestamp);
      const known = this.#lookUp(reading, time);
      if (row === undefined || row.server !== known.server || row.time !== time) {
        if (row !== undefined) this.#close(row);
        row = this.#open(known.server, time);
      }
      if (row.sensors.has(known.sensor)) {
        outcomes.push(duplicate);
        continue;
      }
      row.sensors.add(known.sensor);
      row.values.set(known.description, reading.value ?? null);
      this.#statements.setNewest.run(time, known.description, reading.value ?? null, known.sensor, time);
      outcomes.push(stored);
    }
    if (row !== undefined) this.#close(row);
    return outcomes;
  }

  #open(server: number, time: number): OpenRow {
    const present = this.#statements.row.get(server, time);
    if (present === undefined) return { server, time, seq: undefined, values: new Map(), sensors: new Set() };
    const { seq, json } = Row.parse(present);
    const values = new Map([...unpack(json)].map(([description, [, , , , last]]) => [description, last]));
    const sensors = new Set(
      [...values.keys()].map(
        (description) => OfSensor.parse(this.#statements.sensorOf.get(description)).sensor,
      ),
    );
    return { server, time, seq, values, sensors };
  }

  #close({ server, time, seq, values }: OpenRow): void {
    if (values.size === 0) return;
    if (seq === undefined) this.#statements.insertRow.run(server, time, packMoment(values));
    else this.#statements.updateRow.run(packMoment(values), seq);
  }

  #lookUp(reading: Reading, time: number): Known {
    const { source, server, host, sensor } = reading;
    const description = describe(reading);
    const key = `${source}\0${server}\0${host}\0${sensor}\0${description}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      const serverId = idOf(this.#statements.server, source, server, host, time);
      const sensorId = idOf(this.#statements.sensor, serverId, sensor, time);
      const found = this.#statements.description.get(sensorId, description);
      const descriptionId =
        found === undefined
          ? idOf(this.#statements.newDescription, sensorId, time, description)
          : Id.parse(found).id;
      known = { server: serverId, sensor: sensorId, description: descriptionId, usedUntil: 0 };
      if (this.#known.size >= maxKnown) this.#known.clear();
      this.#known.set(key, known);
    }
    if (time >= known.usedUntil + usedWithinMs) {
      this.#statements.useServer.run(time, known.server, time);
      this.#statements.useDescription.run(time, known.description, time);
      known.usedUntil = time;
    }
    return known;
  }
}

function idOf(statement: StatementSync, ...values: (string | number | null)[]): number {
  return Id.parse(statement.get(...values)).id;
}

function statementsOf(database: DatabaseSync) {
  return {
    server: database.prepare(
      `INSERT INTO servers (source, name, host, time) VALUES (?, ?, ?, ?)
       ON CONFLICT (source, name, host) DO UPDATE SET time = max(time, excluded.time) RETURNING id`,
    ),
    // The description is set with the reading itself.
    sensor: database.prepare(
      `INSERT INTO sensors (server, name, time, description) VALUES (?, ?, ?, 0)
       ON CONFLICT (server, name) DO UPDATE SET name = name RETURNING id`,
    ),
    description: database.prepare('SELECT id FROM descriptions WHERE sensor = ? AND json = ?'),
    newDescription: database.prepare(
      'INSERT INTO descriptions (sensor, time, json) VALUES (?, ?, ?) RETURNING id',
    ),
    sensorOf: database.prepare('SELECT sensor FROM descriptions WHERE id = ?'),
    useServer: database.prepare('UPDATE servers SET time = ? WHERE id = ? AND time < ?'),
    useDescription: database.prepare('UPDATE descriptions SET time = ? WHERE id = ? AND time < ?'),
    setNewest: database.prepare(
      'UPDATE sensors SET time = ?, description = ?, value = ? WHERE id = ? AND time <= ?',
    ),
    row: database.prepare('SELECT seq, json FROM readings WHERE server = ? AND time = ?'),
    insertRow: database.prepare('INSERT INTO readings (server, time, json) VALUES (?, ?, ?)'),
    updateRow: database.prepare('UPDATE readings SET json = ? WHERE seq = ?'),
  };
}
