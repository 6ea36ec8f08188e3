import { Injectable } from '@nestjs/common';
import { Stopwatch } from '../clock/index.js';
import { collectDefaultMetrics, Registry } from 'prom-client';

/**
 * A rendering takes some milliseconds, and anybody may request one; a scraper does so every few
 * seconds. Above this rate the last rendering is returned again.
 */
const MAX_RENDERINGS_A_SECOND = 10;

/** All metrics, in Prometheus's text format. */
@Injectable()
export class Metrics {
  static readonly CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

  readonly registry = new Registry();

  private second = new Stopwatch();
  private renderings = 0;
  private rendered: Promise<Buffer> | undefined;

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  async text(): Promise<string> {
    return this.registry.metrics();
  }

  /** The metrics, at most a second old, in a buffer that all responses share. */
  async shared(): Promise<Buffer> {
    if (this.second.elapsedMs() >= 1000) {
      this.second = new Stopwatch();
      this.renderings = 0;
    }
    if (!this.rendered || this.renderings < MAX_RENDERINGS_A_SECOND) {
      this.renderings += 1;
      this.rendered = this.render();
    }
    return this.rendered;
  }

  private async render(): Promise<Buffer> {
    return Buffer.from(await this.text());
  }
}
