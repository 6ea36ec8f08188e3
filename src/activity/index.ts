export { ActivityModule } from './activity.module.js';
export { EventListResponse, EventsQuery } from './event.dto.js';
export { RecordedEvent } from './recorded-event.entity.js';
export { UserEvents } from './user-events.js';
