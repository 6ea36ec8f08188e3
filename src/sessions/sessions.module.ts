import { Module } from '@nestjs/common';
import { SessionStore } from './persistence/session.store.js';
import { UserEndingStore } from './persistence/user-ending.store.js';
import { RefreshWatch } from './refresh-watch.js';
import { RevocationAnnouncer } from './revocation/revocation-announcer.js';
import { RevocationFeed } from './revocation/revocation-feed.js';
import { RevocationHistory } from './revocation/revocation-history.js';
import { RevocationMonitor } from './revocation/revocation.monitor.js';
import { RevocationStore } from './revocation/revocation.store.js';
import { SessionEnder } from './session-ender.js';
import { SessionEndings } from './session-endings.js';
import { SessionLimit } from './session-limit.js';
import { SessionRefresher } from './session-refresher.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { Sweeper } from './sweeper.js';
import { UserEndings } from './user-endings.js';

/** Sessions: begin, refresh, end, list. */
@Module({
  controllers: [SessionsController],
  providers: [
    SessionsService,
    SessionRefresher,
    SessionEnder,
    SessionStore,
    UserEndingStore,
    RefreshWatch,
    RevocationAnnouncer,
    RevocationFeed,
    RevocationHistory,
    RevocationStore,
    RevocationMonitor,
    SessionEndings,
    SessionLimit,
    UserEndings,
    Sweeper,
  ],
  exports: [
    SessionsService,
    SessionRefresher,
    SessionEndings,
    RevocationFeed,
    RevocationHistory,
    RevocationStore,
  ],
})
export class SessionsModule {}
