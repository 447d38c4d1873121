import { Injectable } from '@nestjs/common';
import { Registry } from 'prom-client';
import { PolledGauge } from '../../metrics/polled-gauge.js';
import { NONE } from '../../numbers/own-numbers.js';
import { maskText } from '../../security/masking/text-mask.js';
import { FollowerRepository } from './follower.repository.js';

@Injectable()
export class FollowersMetrics {
  constructor(registry: Registry, followers: FollowerRepository) {
    new PolledGauge(registry, {
      name: 'call_ledger_follower_lag_seconds',
      help: 'Seconds since the oldest change was received that a follower of the feed or a webhook does not have. 0: it has all. Left out while the database is unavailable.',
      label: 'follower',
      // Names are texts of users. A metric holds no phone number.
      ask: async () =>
        new Map([...(await followers.lags())].map(([name, lag]) => [maskText(name, NONE), lag])),
    });
  }
}
