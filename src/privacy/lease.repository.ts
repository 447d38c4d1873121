import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Database } from '../persistence/connections/database.js';
import { Lease } from '../persistence/schema/entities/privacy.entities.js';

/** By the database's clock. After this time another process may follow one that is gone. A step that takes longer holds its row's lock. */
const expiresAt = () => "now() + interval '20 s'";

/** Another process does the job now. */
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
   * To be the first statement of every step of the work: until the step is committed nobody can take the work over, so that no
   * two steps of it ever go on at once.
   *
   * @throws LeaseLostError
   */
  async renew(manager: EntityManager, work: string): Promise<void> {
    const { affected } = await manager.update(Lease, { name: work, holder: this.holder }, { expiresAt });
    if (affected !== 1) throw new LeaseLostError();
  }

  /** Lets others do the work at once. */
  async release(work: string): Promise<void> {
    const { holder } = this;
    await this.database.queryEntities((manager) => manager.delete(Lease, { name: work, holder }));
  }
}
