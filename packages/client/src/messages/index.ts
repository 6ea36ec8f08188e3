export { type Failure, messageFor, type Message, type Messages } from './message-for.js';
export { type MessageCode, MESSAGES } from './messages.js';
