import { Inject, Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import { Config } from '../../config/index.js';
import { Metrics } from '../../metrics/index.js';
import { DATABASE } from '../database.token.js';
import { Pipelines } from './pipelines.js';
import { poolOf } from './pool.js';

/** Metrics of the connections. */
@Injectable()
export class PoolMonitor {
  constructor(
    @Inject(DATABASE) dataSource: DataSource,
    pipelines: Pipelines,
    { database }: Config,
    { registry }: Metrics,
  ) {
    const pool = poolOf(dataSource);
    new Gauge({
      name: 'evergreen_database_connections',
      help: 'Connections to the database, by whether a request uses them.',
      labelNames: ['state'],
      registers: [registry],
      collect() {
        const { idle, inUse } = pipelines.connections;
        this.set({ state: 'idle' }, pool.idleCount + idle);
        this.set({ state: 'in_use' }, pool.totalCount - pool.idleCount + inUse);
      },
    });
    new Gauge({
      name: 'evergreen_database_connections_max',
      help: 'Connections that there may be.',
      registers: [registry],
      collect() {
        this.set(database.poolSize);
      },
    });
    new Gauge({
      name: 'evergreen_database_waiting_requests',
      help: 'Requests that wait for a connection.',
      registers: [registry],
      collect() {
        this.set(pool.waitingCount);
      },
    });
  }
}
