export { BoundedQueue, QueueFullError } from './bounded-queue.js';
