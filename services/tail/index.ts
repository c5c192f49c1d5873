export { defaultLogFiles } from './default-files.ts';
export { start } from './main.ts';
