#!/usr/bin/env node
// Plain JavaScript on purpose, in words that any Node understands: an old one is told what it needs, where it would otherwise
// stumble over the first TypeScript file. Everything else is in main.ts.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const needed = 24;
const major = Number(process.versions.node.split('.')[0]);

if (major < needed) {
  console.error(
    `logpatrol needs Node ${needed} or newer, and this is Node ${process.versions.node}. ` +
      'In a checkout, `npm ci` brings the right one: start logpatrol by `npx logpatrol`.',
  );
  process.exit(78);
}

// Two warnings say nothing that a user could act on: kafkajs sets a negative timer, and node:sqlite is still called experimental.
const unhelpful = new Set(['TimeoutNegativeWarning', 'ExperimentalWarning']);
const print = process.listeners('warning')[0];
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (print && !unhelpful.has(warning.name)) print(warning);
});

// What Node has made of the sources is kept beside the packages, where whoever installed them may write: a start is quicker, and
// every process 20 MB smaller, since it need not load what takes the types out. Where nothing can be written nothing is kept.
module.enableCompileCache?.(fileURLToPath(new URL('../node_modules/.cache/logpatrol', import.meta.url)));

import('./main.ts');
