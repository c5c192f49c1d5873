/**
 * `npm run audit:dependencies`: asks the registry's advisories about the packages in production. Exit 0: none, but accepted ones; 1: there are
 * some; 3: it could not be asked, so nothing is known, and that is not the same as none.
 */
import { spawnSync } from 'node:child_process';
import { messageOf } from '#shared/errors/index.ts';
import { readAccepted } from './accepted.ts';
import { judgeAudit } from './judge.ts';

const asked = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  ...{ encoding: 'utf8', timeout: 120_000, maxBuffer: 64 * 1024 * 1024 },
  // Without the network npm says of itself that it has found nothing.
  env: { ...process.env, npm_config_offline: 'false', npm_config_audit: 'true' },
});
const verdict = judgeAudit(parsed(asked.stdout), readAccepted(), new Date());
switch (verdict.kind) {
  case 'not-checked':
    console.error(`DEPENDENCIES WERE NOT CHECKED: ${verdict.why}`);
    console.error('Run `npm run audit:dependencies` where the registry answers `npm audit`.');
    process.exitCode = 3;
    break;
  case 'checked':
    for (const line of verdict.accepted) console.log(`accepted: ${line}`);
    for (const line of verdict.open) console.error(`vulnerable: ${line}`);
    console.log(
      `dependencies: ${verdict.open.length} advisories, ${verdict.accepted.length} accepted besides`,
    );
    process.exitCode = verdict.open.length === 0 ? 0 : 1;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return { message: `npm audit did not answer with JSON: ${asked.error?.message ?? messageOf(error)}` };
  }
}
