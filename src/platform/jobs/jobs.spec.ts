import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Every, JobsModule } from './index.js';

const EVERY_MS = 20;

class Base {
  runs = 0;

  @Every(EVERY_MS)
  async run(): Promise<void> {
    this.runs += 1;
    if (this.runs === 1) throw new Error('The first run fails.');
    if (this.runs === 3) await new Promise<void>((resolve) => (this.finish = resolve));
  }

  finish: () => void = () => undefined;
}

@Injectable()
class Counting extends Base {}

@Module({
  imports: [JobsModule],
  providers: [Counting, { provide: 'another name', useExisting: Counting }],
})
class WithJobs {}

@Module({ providers: [Counting] })
class WithoutJobs {}

const after = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('@Every', () => {
  it('runs after a failure, once for each instance, and never beside itself', async () => {
    const app = await NestFactory.createApplicationContext(WithJobs, { logger: false });
    try {
      const counting = app.get(Counting);
      expect(counting.runs).toBe(0);
      await after(10 * EVERY_MS);
      expect(counting.runs).toBe(3);
      counting.finish();
      await after(5 * EVERY_MS);
      expect(counting.runs).toBeGreaterThan(3);
    } finally {
      await app.close();
    }
  });

  it('runs no more when the application is closed', async () => {
    const app = await NestFactory.createApplicationContext(WithJobs, { logger: false });
    const counting = app.get(Counting);
    await after(10 * EVERY_MS);
    await app.close();
    counting.finish();
    const { runs } = counting;
    await after(3 * EVERY_MS);
    expect(counting.runs).toBe(runs);
  });

  it('runs nothing in a command', async () => {
    const app = await NestFactory.createApplicationContext(WithoutJobs, { logger: false });
    await after(3 * EVERY_MS);
    expect(app.get(Counting).runs).toBe(0);
    await app.close();
  });
});
