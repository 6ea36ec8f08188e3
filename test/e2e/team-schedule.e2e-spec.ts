import { Injectable, Module, type DynamicModule } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import {
  Cron,
  CronExpression,
  Interval,
  ScheduleModule,
  SchedulerRegistry,
} from '@nestjs/schedule';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';

const runs: number[] = [];

@Injectable()
class Reminders {
  @Interval(200)
  remind(): void {
    runs.push(performance.now());
  }

  @Cron(CronExpression.EVERY_DAY_AT_MIDNIGHT)
  forget(): void {}
}

function withReminders(schedule: DynamicModule): object {
  @Module({ imports: [schedule], providers: [Reminders] })
  class RemindersModule {}
  return RemindersModule;
}

describe("a team's own ScheduleModule", () => {
  let app: TestApp;

  afterEach(() => app.close());

  const registries = () =>
    [...app.nest.get(ModulesContainer).values()].flatMap(({ metatype, providers }) =>
      metatype === ScheduleModule
        ? [providers.get(SchedulerRegistry)?.instance as SchedulerRegistry]
        : [],
    );

  it.each<[string, () => DynamicModule]>([
    ['forRoot()', () => ScheduleModule.forRoot()],
    ['forRoot() with options', () => ScheduleModule.forRoot({ timeouts: false })],
    ['forRootAsync()', () => ScheduleModule.forRootAsync({ useFactory: () => ({}) })],
  ])('by %s runs their jobs once, and none of ours', async (_, schedule) => {
    app = await startApp({ modules: [withReminders(schedule()) as never] });
    const intervals = registries().flatMap((registry) => registry.getIntervals());
    const crons = registries().flatMap((registry) => [...registry.getCronJobs().keys()]);
    expect([intervals.length, crons.length]).toEqual([1, 1]);

    runs.length = 0;
    await eventually(() => runs.length === 3);
    const [first = 0, second = 0, third = 0] = runs;
    expect(third - second).toBeGreaterThan(100);
    expect(second - first).toBeGreaterThan(100);
  });

  it('decides by its options alone whether their jobs run', async () => {
    const schedule = ScheduleModule.forRoot({ cronJobs: false });
    app = await startApp({ modules: [withReminders(schedule) as never] });
    expect(registries().map((registry) => registry.getCronJobs().size)).toEqual([0]);
  });
});
