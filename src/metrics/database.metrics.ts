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
      help: 'Database connections of this process, by state (busy or idle).',
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
      help: 'Maximum number of database connections of this process (DATABASE_POOL_SIZE).',
      registers: [registry],
      collect() {
        this.set(database.connections.max);
      },
    });
    new Gauge({
      name: 'call_ledger_database_waiting',
      help: 'Operations of this process that wait for a database connection.',
      registers: [registry],
      collect() {
        this.set(database.connections.waiting);
      },
    });
    new PolledGauge(registry, {
      name: 'call_ledger_database_up',
      help: '1 if the database answers this process within two seconds, otherwise 0.',
      ask: async () => (await database.query<{ up: number }>({ text: 'SELECT 1 AS up' })).length,
      otherwise: 0,
    });
  }
}

/** These metrics exist only with DATABASE_REPLICA_URL. */
@Injectable()
export class ReplicaMetrics {
  constructor(registry: Registry, replica: Replica, database: ReadingDatabase) {
    if (!replica.isSet) return;
    const registers = [registry];
    new Gauge({
      name: 'call_ledger_replica_up',
      help: '1 if the queries of this process go to the read replica, otherwise 0.',
      registers,
      collect() {
        this.set(Number(replica.asked !== undefined));
      },
    });
    new Gauge({
      name: 'call_ledger_replica_lag_seconds',
      help: 'Upper bound of the lag of the read replica behind the primary. Left out while it is not known.',
      registers,
      collect() {
        if (replica.behindMs === undefined) this.remove();
        else this.set(replica.behindMs / 1000);
      },
    });
    new Counter({
      name: 'call_ledger_replica_fallbacks_total',
      help: 'Queries that this process ran on the primary because they failed on the read replica.',
      registers,
      collect() {
        this.reset();
        this.inc(database.fallbacks);
      },
    });
  }
}
