import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { finished } from 'node:stream/promises';
import type { ElasticsearchSecurity } from './elasticsearch.ts';

/** The port opens before the cluster's state is recovered, so health is asked; with security until the superuser is known. */
export async function isRecovered(
  port: number,
  security: ElasticsearchSecurity | undefined,
): Promise<boolean> {
  const options = {
    host: '127.0.0.1',
    port,
    path: '/_cluster/health?wait_for_status=yellow&timeout=1s',
    agent: false,
    ...(security && { auth: `elastic:${security.elasticPassword}` }),
  };
  try {
    const asked = security?.tls
      ? requestHttps({ ...options, ca: readFileSync(security.tls.caFile) })
      : requestHttp(options);
    asked.end();
    const [answer] = await once(asked, 'response');
    await finished(answer.resume());
    return answer.statusCode === 200;
  } catch {
    return false;
  }
}
