export { coarseNetworkOf } from './coarse-network.js';
export { SecurityEvents, type EventClient } from './security-events.js';
export {
  isAnomaly,
  isWarning,
  isWithoutUser,
  SECURITY_EVENTS,
  type SecurityEvent,
  type SecurityEventType,
} from './security-event.js';
