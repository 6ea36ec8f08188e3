export { Every } from './every.decorator.js';
export { JobsModule } from './jobs.module.js';
