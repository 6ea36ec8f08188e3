export { documentHeaders } from './headers.js';
export { nameEnums, openEnum } from './open-enum.js';
export { routesOf } from './operations.js';
export { ApiProblems, documentProblems } from './problems.js';
export { ProblemResponse } from './problem-response.dto.js';
export { documentSecurity } from './security.js';
export { orderByTags } from './tags.js';
