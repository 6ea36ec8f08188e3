import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/index.js';
import { AuthModule } from '../auth/index.js';
import { SessionsModule } from '../sessions/index.js';
import { UsersModule } from '../users/index.js';
import { AdminController } from './admin.controller.js';
import { AdminGuard } from './admin.guard.js';
import { AdminService } from './admin.service.js';
import { ImportStore } from './import/import.store.js';
import { UserImport } from './import/user-import.js';

/** Services and routes for operators, who have `ADMIN_TOKEN` or the role `admin`. */
@Module({
  imports: [ActivityModule, AuthModule, SessionsModule, UsersModule],
  controllers: [AdminController],
  providers: [AdminService, AdminGuard, ImportStore, UserImport],
})
export class AdminModule {}
