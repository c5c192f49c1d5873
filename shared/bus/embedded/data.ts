import { join } from 'node:path';
import type { Logger } from 'pino';
import { Catalog } from './catalog.ts';
import { Database } from './database.ts';
import { Progress } from './progress.ts';
import { RecordLog } from './record-log.ts';
import { Retention } from './retention.ts';
import { Room } from './room.ts';

/** What the bus keeps, by concern; all of it in one database. */
export interface BusData {
  readonly database: Database;
  readonly catalog: Catalog;
  readonly log: RecordLog;
  readonly progress: Progress;
  readonly retention: Retention;
  readonly room: Room;
}

export function openData(dataDir: string, maxBytes: number, logger: Logger, clock: () => number): BusData {
  const database = new Database(join(dataDir, 'bus.db'), maxBytes);
  try {
    const catalog = new Catalog(database);
    const log = new RecordLog(database, catalog, clock);
    const progress = new Progress(database);
    const retention = new Retention({ database, catalog, progress, logger, clock });
    const room = new Room(database, retention, logger);
    return { database, catalog, log, progress, retention, room };
  } catch (error) {
    database.close();
    throw error;
  }
}
