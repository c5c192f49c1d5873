export { openServers, type Servers } from './open-servers.ts';
export { maxPasswordBytes } from './password.ts';
export type { Problem } from './problem.ts';
export { toBmc } from './to-bmc.ts';
