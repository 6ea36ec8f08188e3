import { Module } from '@nestjs/common';
import { ActivityController } from './activity.controller.js';
import { AnomalyReporter } from './anomaly-reporter.js';
import { EventLog } from './event-log.js';
import { EventStore } from './event.store.js';
import { EventSweeper } from './event-sweeper.js';
import { Recorder } from './recorder.js';
import { SignInWatch } from './sign-in-watch.js';
import { UserEvents } from './user-events.js';
import { Webhook } from './webhook.js';

/**
 * Listens to the security events of all features, records them, and detects anomalies.
 */
@Module({
  controllers: [ActivityController],
  providers: [
    EventStore,
    UserEvents,
    EventLog,
    Recorder,
    SignInWatch,
    AnomalyReporter,
    Webhook,
    EventSweeper,
  ],
  exports: [UserEvents],
})
export class ActivityModule {}
