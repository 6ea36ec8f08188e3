import { Module, type DynamicModule } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import type { Config } from '../platform/config/index.js';
import { SessionsModule } from '../sessions/index.js';
import { UsersModule } from '../users/index.js';
import { AdminController } from './admin.controller.js';
import { AdminGuard } from './admin.guard.js';
import { AdminService } from './admin.service.js';

/** Services and routes for operators. The routes exist only if `ADMIN_TOKEN` is set. */
@Module({})
export class AdminModule {
  static forRoot({ adminToken }: Config): DynamicModule {
    return {
      module: AdminModule,
      imports: [AuthModule, SessionsModule, UsersModule],
      controllers: adminToken === undefined ? [] : [AdminController],
      providers: [AdminService, AdminGuard],
    };
  }
}
