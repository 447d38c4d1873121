import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { type EntityManager, LessThan, Not, Raw } from 'typeorm';
import { NumberSearch } from '../../numbers/number-search.js';
import { numberHash, openedNumber, sealedNumber } from '../../numbers/number-secrets.js';
import { Database } from '../../persistence/connections/database.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { Erasure, StoredSecret } from '../../persistence/schema/entities/privacy.entities.js';
import { ClusterNodes } from '../../persistence/schema/distribution/cluster-nodes.js';
import { LeaseRepository } from '../../persistence/leases/lease.repository.js';
import { type ErasedCounts, type ErasureJob, type ErasureStep, type Phase, PHASES } from './erasure-job.js';

export const ERASURES = 'erasures';

const SECRET_BYTES = 32;
const NOTHING_FOUND = {
  found: 0,
  calls: 0,
  revisions: 0,
  bodies: 0,
  quarantineEntries: 0,
  journalEntries: 0,
  schemaDrift: 0,
};
const FIRST_PHASE = PHASES[0];
/** The phase with which another search begins. The first phase, which waits for transactions, is not repeated. */
const SECOND_PHASE = PHASES[1];
/** The name of the secret that is used to hash numbers. */
const NUMBERS = 'numbers';
// The progress of a job is written with SQL, because the database computes the new values from the old ones, and with
// its own clock. A transaction that did not see the request when it looked for erasures has an id below this one.
const BEGIN = {
  name: 'begin-erasure',
  text: `UPDATE erasures SET status = 'running', started_at = coalesce(started_at, now()), again = false, phase = '${FIRST_PHASE}',
      place = NULL, pass = 1, found = 0, barrier = pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    WHERE id = $1 RETURNING barrier`,
};
const PASSED = {
  name: 'barrier-passed',
  text: 'SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= $1 AS passed',
};
const MOVE_ON = {
  name: 'move-erasure-on',
  text: `UPDATE erasures SET phase = $2, place = $3, failures = 0, problem = NULL, calls = calls + $4,
      revisions = revisions + $5, bodies = bodies + $6, quarantine_entries = quarantine_entries + $7,
      journal_entries = journal_entries + $8, schema_drift = schema_drift + $9,
      found = found + $4 + $5 + $6 + $7 + $8 + $9 + $10
    WHERE id = $1`,
};
const POSTPONE = {
  name: 'postpone-erasure',
  text: `UPDATE erasures SET failures = $2, problem = $3, next_try_at = now() + $4 * interval '1 ms' WHERE id = $1`,
};
const FINISH = {
  name: 'finish-erasure',
  text: `UPDATE erasures SET status = 'done', finished_at = now(), sealed_number = NULL, barrier = NULL, place = NULL
    WHERE id = $1 AND NOT again AND pass > 1 AND found = 0 RETURNING id`,
};
const NEXT_PASS = {
  name: 'search-once-more',
  text: `UPDATE erasures SET pass = pass + 1, found = 0, phase = '${SECOND_PHASE}', place = NULL
    WHERE id = $1 AND NOT again RETURNING pass`,
};

/** Stores the erasure jobs and their progress. Other repositories erase the data. */
@Injectable()
export class ErasureRepository {
  constructor(
    private readonly database: Database,
    private readonly leases: LeaseRepository,
    private readonly nodes: ClusterNodes,
  ) {}

  /**
   * Stores a new job.
   *
   * @param core the number, as `coreOf` returns it
   * @param requestedAt epoch milliseconds
   * @param also further work in the same transaction; it gets the number's keyed hash
   */
  async create(
    id: string,
    core: string,
    reason: string,
    requestedAt: number,
    also: (transaction: Transaction, hash: Buffer) => Promise<void>,
  ): Promise<void> {
    await this.database.transaction(async (transaction) => {
      const secret = await secretIn(transaction.manager);
      const hash = numberHash(secret, core);
      await transaction.manager.insert(Erasure, {
        id,
        status: 'pending',
        reason,
        requestedAt: new Date(requestedAt),
        numberHash: hash,
        sealedNumber: sealedNumber(secret, core),
        phase: FIRST_PHASE,
        again: false,
        pass: 1,
        failures: 0,
        nextTryAt: () => 'now()',
        ...NOTHING_FOUND,
      });
      await also(transaction, hash);
    });
  }

  /** Lists the jobs before the given id, newest first. */
  list(before: string, limit: number): Promise<Erasure[]> {
    return this.database.readEntities((manager) =>
      manager.find(Erasure, { where: { id: LessThan(before) }, order: { id: 'DESC' }, take: limit }),
    );
  }

  find(id: string): Promise<Erasure | null> {
    return this.database.readEntities((manager) => manager.findOneBy(Erasure, { id }));
  }

  /** The job that has been due for the longest time. */
  async nextDue(): Promise<ErasureJob | undefined> {
    const due = await this.database.queryEntities((manager) =>
      manager.findOne(Erasure, {
        where: { status: Not('done'), nextTryAt: Raw((column) => `${column} <= now()`) },
        order: { nextTryAt: 'ASC', id: 'ASC' },
      }),
    );
    if (due === null) return undefined;
    const { id, requestedAt, phase, place, barrier, failures, sealedNumber: sealed } = due;
    const { value: secret } = await this.database.queryEntities((manager) =>
      manager.findOneByOrFail(StoredSecret, { name: NUMBERS }),
    );
    if (sealed === null) throw new Error(`the row of the erasure ${id} has no number, so it cannot go on`);
    return {
      id,
      phase: PHASES.find((known) => known === phase) ?? FIRST_PHASE,
      barrier,
      failures,
      search: new NumberSearch(openedNumber(secret, sealed)),
      requestedAt: requestedAt.getTime(),
      place: place ?? undefined,
    };
  }

  /** Begins the search from its first phase, also if it began before. */
  async begin(job: ErasureJob): Promise<ErasureJob> {
    const barrier = await this.step(async (transaction) => {
      const { rows } = await transaction.query<{ barrier: string }>({ ...BEGIN, values: [job.id] });
      return rows[0]?.barrier ?? null;
    });
    return { ...job, phase: FIRST_PHASE, place: undefined, barrier };
  }

  /** Whether all transactions that may not have seen the request have ended. */
  async isBarrierPassed(barrier: string): Promise<boolean> {
    return this.database.transaction(async (transaction) => {
      const { rows } = await transaction.query<{ passed: boolean }>({ ...PASSED, values: [barrier] });
      if (rows[0]?.passed !== true) return false;
      await this.nodes.awaitCommits(transaction);
      return true;
    });
  }

  /**
   * Runs a step and stores the job's progress in the same transaction.
   *
   * @param work must end with the statement that has to be last in its transaction; the progress is written after it,
   *   like the last row of a push
   * @returns the job after the step
   * @throws LeaseLostError
   */
  async stepOn(
    job: ErasureJob,
    work: (transaction: Transaction) => Promise<ErasureStep>,
  ): Promise<ErasureJob> {
    return this.step(async (transaction) => {
      const { next, erased, uncounted = 0 } = await work(transaction);
      const phase = next === undefined ? phaseAfter(job.phase) : job.phase;
      const values = [job.id, phase, next ?? null, ...countsOf(erased), uncounted];
      await transaction.query({ ...MOVE_ON, values });
      return { ...job, phase, place: next, failures: 0 };
    });
  }

  /**
   * Stores that the last attempt failed.
   *
   * @param failures failed attempts in a row
   * @param ms milliseconds until the next attempt
   */
  async postpone(job: ErasureJob, failures: number, problem: string | null, ms: number): Promise<void> {
    await this.database.query({ ...POSTPONE, values: [job.id, failures, problem, ms] });
  }

  /**
   * Ends a job if the last search through everything found nothing.
   *
   * @param also further work in the transaction that ends the job
   * @returns the ended job; undefined if everything must be searched once more
   */
  async finish(
    job: ErasureJob,
    also: (transaction: Transaction, done: Erasure) => Promise<void>,
  ): Promise<Erasure | undefined> {
    return this.step(async (transaction) => {
      const { rows } = await transaction.query({ ...FINISH, values: [job.id] });
      if (rows.length === 0) return undefined;
      const done = await transaction.manager.findOneByOrFail(Erasure, { id: job.id });
      await also(transaction, done);
      return done;
    });
  }

  /** Starts another search through everything. If something was written late, it also waits for transactions again. */
  async searchAgain(job: ErasureJob): Promise<void> {
    const isNext = await this.step(async (transaction) => {
      const { rows } = await transaction.query({ ...NEXT_PASS, values: [job.id] });
      return rows.length > 0;
    });
    if (!isNext) await this.begin(job);
  }

  private step<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.database.transaction(async (transaction) => {
      await this.leases.renew(transaction.manager, ERASURES);
      return work(transaction);
    });
  }
}

/** Reads the secret that is used to hash numbers. The first call creates it. */
async function secretIn(manager: EntityManager): Promise<Buffer> {
  const made = { name: NUMBERS, value: randomBytes(SECRET_BYTES) };
  await manager.createQueryBuilder().insert().into(StoredSecret).values(made).orIgnore().execute();
  return (await manager.findOneByOrFail(StoredSecret, { name: NUMBERS })).value;
}

/** The next phase. After the journal, which is the last phase, it is the journal again. */
function phaseAfter(phase: Phase): Phase {
  return PHASES[PHASES.indexOf(phase) + 1] ?? 'journal';
}

function countsOf(erased: Partial<ErasedCounts>): number[] {
  const { calls = 0, revisions = 0, bodies = 0 } = erased;
  const { quarantineEntries = 0, journalEntries = 0, schemaDrift = 0 } = erased;
  return [calls, revisions, bodies, quarantineEntries, journalEntries, schemaDrift];
}
