export { inputSizes, standardInput } from './inputs.ts';
export { type LearnOptions, learnFiles } from './learn-files.ts';
export { type LineMatch, type MatchOptions, matchLines } from './match-lines.ts';
export { type LineWatch, type ScanOptions, type ScanProgress, scanFiles } from './scan-files.ts';
