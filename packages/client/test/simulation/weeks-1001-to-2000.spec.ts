import { describeWeeks } from './live-weeks.js';

describeWeeks(1001, 2000);
