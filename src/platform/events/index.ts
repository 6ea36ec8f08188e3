export { SecurityEvents } from './security-events.js';
export {
  isAnomaly,
  SECURITY_EVENTS,
  type SecurityEvent,
  type SecurityEventType,
} from './security-event.js';
