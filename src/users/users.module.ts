import { Module } from '@nestjs/common';
import { HashQueue } from './hash-queue.js';
import { PasswordHasher } from './password-hasher.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

/** Users and their passwords. */
@Module({
  controllers: [UsersController],
  providers: [UsersService, PasswordHasher, HashQueue],
  exports: [UsersService, PasswordHasher],
})
export class UsersModule {}
