import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { SessionsModule } from '../../sessions/index.js';
import { UsersModule } from '../../users/index.js';
import { HookedSessions } from './hooked-sessions.js';
import { SessionHooks } from './session-hooks.js';

/** What a team decides about sessions, and adds to access tokens. */
@Module({
  imports: [DiscoveryModule, SessionsModule, UsersModule],
  providers: [SessionHooks, HookedSessions],
  exports: [HookedSessions],
})
export class HooksModule {}
