// A service in, the pushes of a quiet campaign out, whose answers tell what else the service is busy with.
import { say } from '../support/progress.js';
import { RecordSource } from '../support/records.js';
import { type LoadResult, pushAtRate } from './open-loop.js';
import { RequestPool } from './request-pool.js';

const PUSHES_A_SECOND = 20;
const RECORDS_A_PUSH = 20;
const MOST_CONNECTIONS = 200;
const POOLED_PUSHES = 1000;
const WARM_UP_SECONDS = 5;

export class SteadyPushes {
  private readonly pool: RequestPool;

  /** @param part name of the benchmark */
  constructor(
    private readonly port: number,
    private readonly part: string,
  ) {
    this.pool = new RequestPool(new RecordSource(part), POOLED_PUSHES, RECORDS_A_PUSH);
  }

  async warmUp(): Promise<void> {
    await this.push('to warm up', WARM_UP_SECONDS);
  }

  /** @param what stands in the line that tells how far the benchmark is */
  push(what: string, seconds: number): Promise<LoadResult> {
    say(`${this.part} · pushing ${what} for ${seconds} s`);
    const bounds = { rate: PUSHES_A_SECOND, seconds, mostConnections: MOST_CONNECTIONS };
    return pushAtRate(this.port, () => this.pool.next(), bounds);
  }
}
