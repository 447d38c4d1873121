// The state of the read replica in, what Prometheus is told of it out.
import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { ReadingDatabase } from '../persistence/reading-database.js';
import { Replica } from '../persistence/replica.js';

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
