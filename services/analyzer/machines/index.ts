export { type MachineBoard, openMachineBoard } from './board.ts';
