export { ActivityModule } from './activity.module.js';
export { RecordedEvent } from './recorded-event.entity.js';
