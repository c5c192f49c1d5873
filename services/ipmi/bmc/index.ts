export { openSession, type SessionOptions } from './open-session.ts';
