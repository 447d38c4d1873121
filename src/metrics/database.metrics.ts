// The connections to the database in, what Prometheus is told of them out.
import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { PolledGauge } from './polled-gauge.js';
import { Database } from '../persistence/connections/database.js';
import { ReadingDatabase } from '../persistence/connections/reading-database.js';
import { Replica } from '../persistence/connections/replica.js';

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
    new PolledGauge(registry, {
      name: 'call_ledger_database_up',
      help: 'Whether the database answers this process within two seconds.',
      ask: async () => (await database.query<{ up: number }>({ text: 'SELECT 1 AS up' })).length,
      otherwise: 0,
    });
  }
}

/** There are none without DATABASE_REPLICA_URL. */
@Injectable()
export class ReplicaMetrics {
  constructor(registry: Registry, replica: Replica, database: ReadingDatabase) {
    if (!replica.isSet) return;
    const registers = [registry];
    new Gauge({
      name: 'call_ledger_replica_up',
      help: 'Whether the questions of this process go to the read replica.',
      registers,
      collect() {
        this.set(Number(replica.asked !== undefined));
      },
    });
    new Gauge({
      name: 'call_ledger_replica_lag_seconds',
      help: 'How far the read replica is behind the primary, at most. Left out while that is not known.',
      registers,
      collect() {
        if (replica.behindMs === undefined) this.remove();
        else this.set(replica.behindMs / 1000);
      },
    });
    new Counter({
      name: 'call_ledger_replica_fallbacks_total',
      help: 'Questions that this process asked of the primary because the read replica failed at them.',
      registers,
      collect() {
        this.reset();
        this.inc(database.fallbacks);
      },
    });
  }
}
