export { AdminModule } from './admin.module.js';
export { AdminService } from './admin.service.js';
export { toListing, toRevocationStatus, toUserDetails } from './admin.dto.js';
export { NoSuchFileError, UserImport } from './import/user-import.js';
export { toImportResult } from './import/import.dto.js';
export { parseInstant } from './instant.js';
export { visible } from './visible.js';
