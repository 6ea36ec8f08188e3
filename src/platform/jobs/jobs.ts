import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { EVERY_MS } from './every.decorator.js';

type Job = () => unknown;

/** Runs what is marked `@Every()`. */
@Injectable()
export class Jobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Jobs');
  private readonly timers = new Map<Job, NodeJS.Timeout>();
  private isStopped = false;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onApplicationBootstrap(): void {
    const found = this.discovery.getProviders().map(({ instance }) => instance as object | null);
    for (const instance of new Set(found)) if (instance) this.startAll(instance);
  }

  beforeApplicationShutdown(): void {
    this.isStopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  private startAll(instance: object): void {
    const prototype = Object.getPrototypeOf(instance) as Record<string, Job> | null;
    for (const name of prototype ? this.scanner.getAllMethodNames(prototype) : []) {
      const method = prototype?.[name] as Job;
      const everyMs = this.reflector.get<number | undefined>(EVERY_MS, method);
      if (everyMs !== undefined) this.schedule(method.bind(instance), everyMs);
    }
  }

  private schedule(job: Job, everyMs: number): void {
    if (this.isStopped) return;
    const timer = setTimeout(() => {
      void this.run(job).then(() => this.schedule(job, everyMs));
    }, everyMs);
    this.timers.set(job, timer);
  }

  private async run(job: Job): Promise<void> {
    try {
      await job();
    } catch (error) {
      this.logger.error({ err: error }, 'A job failed; its next run tries again.');
    }
  }
}
