import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DeadSessionSweeper } from './dead-session.sweeper.js';
import { Session } from './persistence/session.entity.js';
import { SessionStore } from './persistence/session.store.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';

/** How long users may stay. */
@Module({
  imports: [TypeOrmModule.forFeature([Session])],
  controllers: [SessionsController],
  providers: [SessionsService, SessionStore, DeadSessionSweeper],
  exports: [SessionsService],
})
export class SessionsModule {}
