import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Database } from '../connections/database.js';
import { Lease } from '../schema/entities/privacy.entities.js';

/**
 * When a lease expires, by the database's clock. Then another process may take the job over, for example from one that
 * has died. A step that takes longer keeps the lease, because it holds the lock of the row.
 */
const expiresAt = () => "now() + interval '20 s'";

/** Another process has taken the job over. */
export class LeaseLostError extends Error {
  constructor() {
    super('another process has taken the job over');
  }
}

/** Takes, renews and releases the leases of background jobs for this process. */
@Injectable()
export class LeaseRepository {
  private readonly holder = randomUUID();

  constructor(private readonly database: Database) {}

  /**
   * Takes the lease of a job if it is free or expired, or if this process holds it.
   *
   * @param work the name of the job
   * @returns whether this process may do the job now
   */
  async claim(work: string): Promise<boolean> {
    const { holder } = this;
    const claimed = await this.database.queryEntities((manager) =>
      manager
        .createQueryBuilder()
        .insert()
        .into(Lease)
        .values({ name: work, holder, expiresAt })
        .orUpdate(['holder', 'expires_at'], ['name'], {
          overwriteCondition: { where: 'leases.expires_at < now() OR leases.holder = excluded.holder' },
        })
        .returning('name')
        .execute(),
    );
    const rows: unknown = claimed.raw;
    return Array.isArray(rows) && rows.length > 0;
  }

  /**
   * Renews the lease. It must be the first statement of every step of the job. Until the step is committed, nobody can
   * take the job over. So no two steps of it run at once.
   *
   * @throws LeaseLostError
   */
  async renew(manager: EntityManager, work: string): Promise<void> {
    const { affected } = await manager.update(Lease, { name: work, holder: this.holder }, { expiresAt });
    if (affected !== 1) throw new LeaseLostError();
  }

  /** Gives the lease back, so that other processes can do the job at once. */
  async release(work: string): Promise<void> {
    const { holder } = this;
    await this.database.queryEntities((manager) => manager.delete(Lease, { name: work, holder }));
  }
}
