// The jobs: asked for, listed, taken, moved on, ended. (What they erase is the other repositories'.)
import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { NumberSearch } from '../../numbers/number-search.js';
import { numberHash, openedNumber, sealedNumber } from '../../numbers/number-secrets.js';
import { Database } from '../../persistence/database.js';
import type { Transaction } from '../../persistence/statement.js';
import { Nodes } from '../../persistence/distribution/nodes.js';
import { LeaseRepository } from '../lease.repository.js';
import { type ErasedCounts, type ErasureJob, type ErasureStep, type Phase, PHASES } from './erasure-job.js';

export const ERASURES = 'erasures';

export interface ErasureRow {
  readonly id: string;
  readonly status: string;
  readonly reason: string;
  readonly requested_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly phase: string;
  readonly problem: string | null;
  readonly calls: string;
  readonly revisions: string;
  readonly bodies: string;
  readonly quarantine_entries: string;
  readonly journal_entries: string;
  readonly schema_drift: string;
}

interface JobRow {
  readonly id: string;
  readonly requested_at: Date;
  readonly phase: Phase;
  readonly place: string | null;
  readonly barrier: string | null;
  readonly failures: number;
  readonly sealed_number: Buffer;
  readonly secret: Buffer;
}

const COLUMNS = `id, status, reason, requested_at, started_at, finished_at, phase, problem, calls, revisions, bodies,
  quarantine_entries, journal_entries, schema_drift`;
const SECRET_BYTES = 32;
const FIRST_PHASE = PHASES[0];
/** What transactions were waited for need not be waited for once more. */
const SECOND_PHASE = PHASES[1];
const MAKE_SECRET = {
  name: 'make-number-secret',
  text: "INSERT INTO secrets (name, value) VALUES ('numbers', $1) ON CONFLICT (name) DO NOTHING",
};
const SECRET = { name: 'number-secret', text: "SELECT value FROM secrets WHERE name = 'numbers'" };
const CREATE = {
  name: 'create-erasure',
  text: `INSERT INTO erasures (id, status, reason, requested_at, number_hash, sealed_number, phase, again, failures,
      next_try_at, pass, found, calls, revisions, bodies, quarantine_entries, journal_entries, schema_drift)
    VALUES ($1, 'pending', $2, $3, $4, $5, '${FIRST_PHASE}', false, 0, now(), 1, 0, 0, 0, 0, 0, 0, 0)`,
};
const LIST = {
  name: 'list-erasures',
  text: `SELECT ${COLUMNS} FROM erasures WHERE id < $1 ORDER BY id DESC LIMIT $2`,
};
const FIND = { name: 'find-erasure', text: `SELECT ${COLUMNS} FROM erasures WHERE id = $1` };
const NEXT_DUE = {
  name: 'next-erasure',
  text: `SELECT e.id, e.requested_at, e.phase, e.place, e.barrier, e.failures, e.sealed_number, s.value AS secret
    FROM erasures e JOIN secrets s ON s.name = 'numbers'
    WHERE e.status <> 'done' AND e.next_try_at <= now() ORDER BY e.next_try_at, e.id LIMIT 1`,
};
// Whoever did not see the request when it looked for erasures has a transaction id below this one.
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
    WHERE id = $1 AND NOT again AND pass > 1 AND found = 0 RETURNING ${COLUMNS}`,
};
const NEXT_PASS = {
  name: 'search-once-more',
  text: `UPDATE erasures SET pass = pass + 1, found = 0, phase = '${SECOND_PHASE}', place = NULL
    WHERE id = $1 AND NOT again RETURNING pass`,
};

@Injectable()
export class ErasureRepository {
  constructor(
    private readonly database: Database,
    private readonly leases: LeaseRepository,
    private readonly nodes: Nodes,
  ) {}

  /**
   * @param core the number, as `coreOf` gives it
   * @param also what else is to be in the transaction; gets the number's keyed hash
   */
  async create(
    id: string,
    core: string,
    reason: string,
    requestedAt: number,
    also: (transaction: Transaction, hash: Buffer) => Promise<void>,
  ): Promise<void> {
    await this.database.transaction(async (transaction) => {
      await transaction.query({ ...MAKE_SECRET, values: [randomBytes(SECRET_BYTES)] });
      const { rows } = await transaction.query<{ value: Buffer }>(SECRET);
      const secret = rows[0]?.value;
      if (secret === undefined) throw new Error('the secret of the numbers is missing in the database');
      const hash = numberHash(secret, core);
      const values = [id, reason, new Date(requestedAt), hash, sealedNumber(secret, core)];
      await transaction.query({ ...CREATE, values });
      await also(transaction, hash);
    });
  }

  /** The jobs before one, the newest first. */
  list(before: string, limit: number): Promise<ErasureRow[]> {
    return this.database.read<ErasureRow>({ ...LIST, values: [before, limit] });
  }

  async find(id: string): Promise<ErasureRow | undefined> {
    const [row] = await this.database.read<ErasureRow>({ ...FIND, values: [id] });
    return row;
  }

  /** The job that has waited longest for its next try. */
  async nextDue(): Promise<ErasureJob | undefined> {
    const [row] = await this.database.query<JobRow>(NEXT_DUE);
    if (row === undefined) return undefined;
    const { id, phase, barrier, failures } = row;
    const search = new NumberSearch(openedNumber(row.secret, row.sealed_number));
    return {
      id,
      phase,
      barrier,
      failures,
      search,
      requestedAt: row.requested_at.getTime(),
      place: row.place ?? undefined,
    };
  }

  /** Begins the search, or begins it anew. */
  async begin(job: ErasureJob): Promise<ErasureJob> {
    const barrier = await this.step(async (transaction) => {
      const { rows } = await transaction.query<{ barrier: string }>({ ...BEGIN, values: [job.id] });
      return rows[0]?.barrier ?? null;
    });
    return { ...job, phase: FIRST_PHASE, place: undefined, barrier };
  }

  /** Whether all transactions have ended that may not have seen the request. */
  async isBarrierPassed(barrier: string): Promise<boolean> {
    return this.database.transaction(async (transaction) => {
      const { rows } = await transaction.query<{ passed: boolean }>({ ...PASSED, values: [barrier] });
      if (rows[0]?.passed !== true) return false;
      await this.nodes.catchUp(transaction);
      return true;
    });
  }

  /**
   * Runs a step and notes in its transaction how far the job is now.
   *
   * @param work ends with what must stand last in its transaction; the note comes after it, as the writers' does
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

  async postpone(job: ErasureJob, failures: number, problem: string | null, ms: number): Promise<void> {
    await this.database.query({ ...POSTPONE, values: [job.id, failures, problem, ms] });
  }

  /**
   * Ends a job, if the last search of everything has found nothing.
   *
   * @param also what else is to be in the transaction that ends it
   * @returns the job as it ended; undefined when all is to be searched once more
   */
  async finish(
    job: ErasureJob,
    also: (transaction: Transaction, done: ErasureRow) => Promise<void>,
  ): Promise<ErasureRow | undefined> {
    return this.step(async (transaction) => {
      const [done] = (await transaction.query<ErasureRow>({ ...FINISH, values: [job.id] })).rows;
      if (done !== undefined) await also(transaction, done);
      return done;
    });
  }

  /** Lets everything be searched once more, from the beginning if something came late. */
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

/** The journal is the last one of a search. */
function phaseAfter(phase: Phase): Phase {
  return PHASES[PHASES.indexOf(phase) + 1] ?? 'journal';
}

function countsOf(erased: Partial<ErasedCounts>): number[] {
  const { calls = 0, revisions = 0, bodies = 0 } = erased;
  const { quarantineEntries = 0, journalEntries = 0, schemaDrift = 0 } = erased;
  return [calls, revisions, bodies, quarantineEntries, journalEntries, schemaDrift];
}
