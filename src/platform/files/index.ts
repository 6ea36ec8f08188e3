export { writePrivateFile } from './private-file.js';
