import { describeWeeks } from './live-weeks.js';

describeWeeks(1, 1000);
