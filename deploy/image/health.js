// The image's health check: exit 0 where this container's own process says that it lives. Its certificate is not looked at: it
// may name another host, and nobody stands between a container and itself.
import { get } from 'node:http';
import { get as getSecure } from 'node:https';

const { LOGPATROL_HTTP_CERTIFICATE: certificate, LOGPATROL_HTTP_PORT: port = '8630' } = process.env;
const options = { host: '127.0.0.1', port, path: '/healthz', timeout: 4000 };
const request = certificate ? getSecure({ ...options, rejectUnauthorized: false }) : get(options);
request.on('response', ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1));
request.on('timeout', () => process.exit(1));
request.on('error', () => process.exit(1));
