export { parseSelInfo } from './commands.ts';
export { type DecodedEvent, decode, type EventSensor } from './decode.ts';
export { toDocuments } from './documents.ts';
export {
  type LogChange,
  type NewRecord,
  readNewRecords,
  type SelRead,
  type SelReadOptions,
} from './read.ts';
export { readLastRecords } from './read-last.ts';
