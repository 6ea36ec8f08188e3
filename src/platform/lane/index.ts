export { Lane } from './lane.js';
