export { OtherServicesModule } from './other-services.module.js';
