import { TrieRouter } from 'hono/router/trie-router';
import type { Need } from './caller.ts';

export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly needs: Need;
}

/**
 * Every route of the API and what it needs. What does not stand here cannot be reached, whoever asks. A silence of any scope needs what
 * the longest silence of one incident needs.
 */
export const apiRoutes: readonly ApiRoute[] = [
  { method: 'GET', path: '/api/controls', needs: 'read' },
  { method: 'POST', path: '/api/controls', needs: 'silence-8h' },
  { method: 'DELETE', path: '/api/controls/:id', needs: 'silence-8h' },
  { method: 'POST', path: '/api/feedback', needs: 'not-a-problem' },
  { method: 'POST', path: '/api/incidents/:id/actions', needs: 'act' },
  { method: 'GET', path: '/api/audit', needs: 'audit' },
  { method: 'GET', path: '/api/queue', needs: 'read' },
  { method: 'GET', path: '/api/queue/messages/:id', needs: 'read' },
  { method: 'POST', path: '/api/queue/replay', needs: 'admin' },
  { method: 'GET', path: '/api/preferences', needs: 'read' },
  { method: 'PUT', path: '/api/preferences', needs: 'admin' },
  { method: 'DELETE', path: '/api/preferences/:who', needs: 'admin' },
  { method: 'POST', path: '/api/drills', needs: 'admin' },
  { method: 'GET', path: '/api/drills/:id', needs: 'read' },
];

const router = new TrieRouter<ApiRoute>();
for (const route of apiRoutes) router.add(route.method, route.path, route);

/** The route of a request; `undefined` where there is none. HEAD is answered as GET is. @param path as the app routes it */
export function routeOf(method: string, path: string): ApiRoute | undefined {
  const [[first] = []] = router.match(method === 'HEAD' ? 'GET' : method, path);
  return first?.[0];
}
