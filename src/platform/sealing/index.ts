export { seal, unseal } from './sealed.js';
