import { Injectable } from '@nestjs/common';
import { createHash, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { NIL } from 'uuid';
import { packBody } from '../../ingestion/writing/stored-body.js';
import type { NumberSearch } from '../../numbers/number-search.js';
import { Database } from '../../persistence/connections/database.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { firstIdOf } from '../../persistence/sql/ids.js';
import { endsEarly, sizedPage, type SizedRow } from '../../persistence/sql/sized-page.js';
import { BodyEraser } from './body-eraser.js';
import { type ErasureJob, REQUESTED } from './erasure-job.js';

/** The most that a step reads at once, in stored bytes. */
const LARGEST_STEP_BYTES = 4 * 1024 * 1024;

/** SQL for rows of a table in the order of their ids, as many as a step may read at once. */
const page = (table: string, id: string, columns: string, size: string) =>
  sizedPage(
    columns,
    `SELECT * FROM ${table} WHERE ${id} > $1 AND ${id} < $2 ORDER BY ${id} LIMIT $3`,
    size,
    id,
    LARGEST_STEP_BYTES,
  );
const NEXT_BODIES = {
  name: 'erase-next-bodies',
  text: page('delivery_bodies', 'delivery_id', 'delivery_id AS id, encoding, body', 'octet_length(body)'),
};
const NEXT_ENTRIES = {
  name: 'erase-next-entries',
  text: page('quarantine', 'id', 'id, raw, reason, place', 'octet_length(raw)'),
};
const REWRITE_BODIES = {
  name: 'erase-in-bodies',
  text: `UPDATE delivery_bodies b SET encoding = t.encoding, body = t.body
    FROM unnest($1::uuid[], $2::text[], $3::bytea[]) AS t(id, encoding, body)
    WHERE b.delivery_id = t.id RETURNING 1`,
};
// Redeliveries are changed too, because they have the same hash as the first delivery of the body.
const REWRITE_HASHES = {
  name: 'erase-in-hashes',
  text: `UPDATE deliveries d SET sha256 = t.sha256, bytes = t.bytes
    FROM unnest($1::uuid[], $2::bytea[], $3::integer[]) AS t(id, sha256, bytes)
    JOIN deliveries original ON original.id = t.id
    WHERE d.sha256 = original.sha256 AND (d.id = t.id OR d.redelivery_of = t.id)`,
};
// These redeliveries were being written while the hash of the first delivery changed. A redelivery comes at most an
// hour after the first delivery.
const ALIGN_REDELIVERIES = {
  name: 'erase-in-redeliveries',
  text: `UPDATE deliveries d SET sha256 = o.sha256, bytes = o.bytes FROM deliveries o
    WHERE d.redelivery_of = o.id AND d.redelivery_of IS NOT NULL AND d.id >= $1 AND d.sha256 <> o.sha256`,
};
const HOUR_MS = 3_600_000;
const REWRITE_ENTRIES = {
  name: 'erase-in-entries',
  text: `UPDATE quarantine q SET raw = t.raw, reason = t.reason, place = t.place,
      sha256 = CASE WHEN q.sha256 IS NULL THEN NULL ELSE t.sha256 END
    FROM unnest($1::uuid[], $2::bytea[], $3::text[], $4::text[], $5::bytea[]) AS t(id, raw, reason, place, sha256)
    WHERE q.id = t.id RETURNING 1`,
};
const DRIFT = {
  name: 'erase-find-drift',
  text: `SELECT kind, field, value FROM schema_drift
    WHERE first_seen_at <= ${REQUESTED}`,
};
const DELETE_DRIFT = {
  name: 'erase-drift',
  text: `DELETE FROM schema_drift
    WHERE (kind, field, value) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[])) RETURNING 1`,
};

/** A body that holds the number. */
export interface HeldBody {
  readonly id: string;
  /** The bytes without the number. */
  readonly erased: Buffer;
}

export interface HeldEntry extends HeldBody {
  readonly reason: string;
  readonly place: string;
}

export interface HeldPage<Held> {
  readonly held: readonly Held[];
  /** The place after the rows of this page; undefined at the end. */
  readonly next: string | undefined;
}

const unpack = promisify(gunzip);

/**
 * Finds stored bytes that hold a number, and rewrites them without it: bodies of pushes and entries of the quarantine.
 */
@Injectable()
export class ErasedBytesRepository {
  constructor(
    private readonly database: Database,
    private readonly eraser: BodyEraser,
  ) {}

  /** Looks at the next bodies in the order of their arrival, and returns those that hold the number. */
  async bodies(job: ErasureJob, limit: number): Promise<HeldPage<HeldBody>> {
    const rows = await this.database.query<PageRow & { encoding: string; body: Buffer }>({
      ...NEXT_BODIES,
      values: boundsOf(job, limit),
    });
    const held: HeldBody[] = [];
    for (const { id, encoding, body } of rows) {
      const erased = await this.eraser.erased(encoding === 'gzip' ? await unpack(body) : body, job.search);
      if (erased !== undefined) held.push({ id, erased });
    }
    return { held, next: nextOf(rows, limit) };
  }

  /**
   * Rewrites bodies and the hashes of their deliveries. Nothing else changes a body. A body that was deleted meanwhile
   * stays deleted.
   *
   * @returns the number of rewritten bodies
   */
  async rewriteBodies(transaction: Transaction, held: readonly HeldBody[]): Promise<number> {
    if (held.length === 0) return 0;
    const packed = await Promise.all(held.map(({ erased }) => packBody(erased)));
    const ids = held.map(({ id }) => id);
    const values = [ids, packed.map(({ encoding }) => encoding), packed.map(({ bytes }) => bytes)];
    const { rows } = await transaction.query({ ...REWRITE_BODIES, values });
    // The old hash would reveal the number. Everything else in the body is readable, so all possible numbers could be
    // tried.
    const hashes = held.map(({ erased }) => createHash('sha256').update(erased).digest());
    const lengths = held.map(({ erased }) => erased.length);
    await transaction.query({ ...REWRITE_HASHES, values: [ids, hashes, lengths] });
    return rows.length;
  }

  /** Looks at the next entries of the quarantine, and returns those that hold the number. */
  async entries(job: ErasureJob, limit: number): Promise<HeldPage<HeldEntry>> {
    const rows = await this.database.query<PageRow & { raw: Buffer; reason: string; place: string }>({
      ...NEXT_ENTRIES,
      values: boundsOf(job, limit),
    });
    const held: HeldEntry[] = [];
    for (const { id, raw, ...texts } of rows) {
      const erased = await this.eraser.erased(raw, job.search);
      const [reason, place] = [job.search.erasedFrom(texts.reason), job.search.erasedFrom(texts.place)];
      if (erased !== undefined || reason !== texts.reason || place !== texts.place)
        held.push({ id, erased: erased ?? raw, reason, place });
    }
    return { held, next: nextOf(rows, limit) };
  }

  /** @returns the number of rewritten entries */
  async rewriteEntries(transaction: Transaction, held: readonly HeldEntry[]): Promise<number> {
    if (held.length === 0) return 0;
    const values = [
      held.map(({ id }) => id),
      held.map(({ erased }) => erased),
      held.map(({ reason }) => reason),
      held.map(({ place }) => place),
      // The hash only shows whether a body has come before. It must differ for two bodies that differ only in their
      // numbers.
      held.map(() => randomBytes(32)),
    ];
    return (await transaction.query({ ...REWRITE_ENTRIES, values })).rows.length;
  }

  /** Corrects the hashes of late redeliveries. Call it when no body holds the number any more. */
  async alignRedeliveries(transaction: Transaction, { requestedAt }: ErasureJob): Promise<void> {
    await transaction.query({ ...ALIGN_REDELIVERIES, values: [firstIdOf(requestedAt - HOUR_MS)] });
  }

  /** Deletes the schema drift that holds the number. The table has at most 5,000 rows. */
  async deleteDrift(transaction: Transaction, job: ErasureJob): Promise<number> {
    const { rows } = await transaction.query<{ kind: string; field: string; value: string }>({
      ...DRIFT,
      values: [job.requestedAt],
    });
    const held = rows.filter(({ field, value }) => holds(job.search, field, value));
    const values = [held.map((row) => row.kind), held.map((row) => row.field), held.map((row) => row.value)];
    return (await transaction.query({ ...DELETE_DRIFT, values })).rows.length;
  }
}

interface PageRow extends SizedRow {
  readonly id: string;
}

function boundsOf({ place = NIL, requestedAt }: ErasureJob, limit: number): unknown[] {
  return [place, firstIdOf(requestedAt + 1), limit];
}

function nextOf(rows: readonly PageRow[], limit: number): string | undefined {
  return endsEarly(rows) || rows.length === limit ? rows.at(-1)?.id : undefined;
}

function holds(search: NumberSearch, ...texts: readonly string[]): boolean {
  return texts.some((text) => search.isIn(text));
}
