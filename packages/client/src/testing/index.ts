export { type BindingRules, type Handler, type NewUser, type RouteRules } from './api.js';
export { createFakeClock, type FakeClock } from './fake-clock.js';
export { createFakeServer, type FakeServer, type FakeServerOptions } from './fake-server.js';
export { createFakeKeys } from './fake-keys.js';
export { type Fault, type Faults, type Interference } from './faults.js';
export { type FakeMail } from './mailed.js';
export { reply, type ReplyInit } from './replies.js';
export { type FakeRefresh, type FakeSession, type SessionRules } from './sessions.js';
