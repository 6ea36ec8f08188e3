export { Lane, LaneFullError } from './lane.js';
