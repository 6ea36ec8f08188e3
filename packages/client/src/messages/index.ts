export { type Failure, messageFor, type Message, type Messages, type Wait } from './message-for.js';
export { type MessageCode, MESSAGES } from './messages.js';
