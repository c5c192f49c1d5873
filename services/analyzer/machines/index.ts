export { type MachineBoard, type MachineBoardOptions, openMachineBoard } from './board.ts';
