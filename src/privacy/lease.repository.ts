// A work that only one process may do at a time in, the right to do it out. By the database's clock alone.
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Database } from '../persistence/database.js';
import type { Transaction } from '../persistence/statement.js';

/** A process that is gone is followed by another one after this time. A step may take longer: it is checked itself. */
const LEASE = "interval '20 s'";

const CLAIM = {
  name: 'claim-lease',
  text: `INSERT INTO leases AS l (name, holder, expires_at) VALUES ($1, $2, now() + ${LEASE})
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
      WHERE l.expires_at < now() OR l.holder = excluded.holder RETURNING name`,
};
const RENEW = {
  name: 'renew-lease',
  text: `UPDATE leases SET expires_at = now() + ${LEASE} WHERE name = $1 AND holder = $2 RETURNING name`,
};
const RELEASE = { name: 'release-lease', text: 'DELETE FROM leases WHERE name = $1 AND holder = $2' };

/** Another process does the work now. */
export class LeaseLostError extends Error {
  constructor() {
    super('another process has taken the work over');
  }
}

@Injectable()
export class LeaseRepository {
  private readonly holder = randomUUID();

  constructor(private readonly database: Database) {}

  /** @returns whether this process may do the work now */
  async claim(work: string): Promise<boolean> {
    return (await this.database.query({ ...CLAIM, values: [work, this.holder] })).length > 0;
  }

  /**
   * To be the first statement of every step of the work: until the step is committed nobody can take the work over, so that no
   * two steps of it ever go on at once.
   *
   * @throws LeaseLostError
   */
  async renew(transaction: Transaction, work: string): Promise<void> {
    const { rows } = await transaction.query({ ...RENEW, values: [work, this.holder] });
    if (rows.length === 0) throw new LeaseLostError();
  }

  /** Lets others do the work at once. */
  async release(work: string): Promise<void> {
    await this.database.query({ ...RELEASE, values: [work, this.holder] });
  }
}
