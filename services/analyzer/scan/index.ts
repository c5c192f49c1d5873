export { inputSizes, standardInput } from './inputs.ts';
export { type LineMatch, type MatchOptions, matchLines } from './match-lines.ts';
export { type ScanOptions, type ScanProgress, scanFiles } from './scan-files.ts';
