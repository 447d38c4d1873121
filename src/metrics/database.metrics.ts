// The connections to the database in, what Prometheus is told of them out.
import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { AskedGauge } from './asked-gauge.js';
import { Database } from '../persistence/database.js';

@Injectable()
export class DatabaseMetrics {
  constructor(registry: Registry, database: Database) {
    new Gauge({
      name: 'call_ledger_database_connections',
      help: 'Connections of this process, by whether they work.',
      labelNames: ['state'],
      registers: [registry],
      collect() {
        const { total, idle } = database.connections;
        this.set({ state: 'busy' }, total - idle);
        this.set({ state: 'idle' }, idle);
      },
    });
    new Gauge({
      name: 'call_ledger_database_connections_max',
      help: 'Connections that this process may have at most (DATABASE_POOL_SIZE).',
      registers: [registry],
      collect() {
        this.set(database.connections.max);
      },
    });
    new Gauge({
      name: 'call_ledger_database_waiting',
      help: 'Works of this process that wait for a connection.',
      registers: [registry],
      collect() {
        this.set(database.connections.waiting);
      },
    });
    new AskedGauge(registry, {
      name: 'call_ledger_database_up',
      help: 'Whether the database answers this process within two seconds.',
      ask: async () => (await database.query<{ up: number }>({ text: 'SELECT 1 AS up' })).length,
      otherwise: 0,
    });
  }
}
