import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { Replica, type ReplicaProblem } from '../persistence/replica.js';

const PROBLEMS: Readonly<Record<ReplicaProblem, string>> = {
  'not looked at': 'The replica has not been looked at yet',
  unreachable: 'The replica can not be reached',
  'catching up': 'The replica was away and is catching up',
  'no replica': 'DATABASE_REPLICA_URL is no replica of the database of DATABASE_URL',
};

/** Where questions go. It never makes the service unready: they go to the primary while there is no replica. */
@Injectable()
export class ReplicaHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly replica: Replica,
  ) {}

  /** Nothing when there is to be no replica. */
  questions(): HealthIndicatorResult {
    if (!this.replica.isSet) return {};
    const indicator = this.indicators.check('replica');
    const { problem } = this.replica;
    if (problem === undefined) return indicator.up({ message: this.lag() });
    const behind = problem === 'catching up' ? ` (${this.lag()})` : '';
    return indicator.degraded({ message: `${PROBLEMS[problem]}${behind}; questions go to the primary` });
  }

  private lag(): string {
    const { behindMs } = this.replica;
    if (behindMs === undefined) return 'It is not known how far it is behind';
    return `It is ${(behindMs / 1000).toFixed(1)} s behind the primary`;
  }
}
