import { openTestBus, tailOn } from './harness.ts';

/** A process that tails a path onto the embedded bus in a folder until it is killed. */
const [dataDir = '', path = ''] = process.argv.slice(2);
const tail = tailOn(await openTestBus(dataDir), [{ path, type: 'app' }]);
process.stdout.write('tailing\n');
await tail.ended;
