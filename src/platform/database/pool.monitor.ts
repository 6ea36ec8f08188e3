import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import { Metrics } from '../metrics/index.js';
import { poolOf } from './pool.js';

/** Shows operators how the pool of connections is doing. */
@Injectable()
export class PoolMonitor {
  constructor(@InjectDataSource() dataSource: DataSource, { registry }: Metrics) {
    const pool = poolOf(dataSource);
    new Gauge({
      name: 'evergreen_database_connections',
      help: 'Connections of the pool, by whether a request uses them.',
      labelNames: ['state'],
      registers: [registry],
      collect() {
        this.set({ state: 'idle' }, pool.idleCount);
        this.set({ state: 'in_use' }, pool.totalCount - pool.idleCount);
      },
    });
    new Gauge({
      name: 'evergreen_database_connections_max',
      help: 'Connections that the pool may have.',
      registers: [registry],
      collect() {
        this.set(pool.options.max);
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
