export { decode } from './decode.ts';
export { toDocuments } from './documents.ts';
export { readNewRecords, type SelRead } from './read.ts';
export { readLastRecords } from './read-last.ts';
