import { Injectable } from '@nestjs/common';
import { Database } from '../persistence/connections/database.js';
import { FILE_KEY } from '../persistence/sql/delete-recordings.js';
import { isOfSources } from '../security/visible-sources.js';
import { RecordingChangesRepository } from './recording-changes.repository.js';
import type { Downloaded } from './download.js';

/** A recording whose download this process has begun. */
export interface ClaimedRecording {
  readonly callId: string;
  readonly url: string;
  /** 32 hexadecimal digits. */
  readonly contentHash: string;
  /** The key for its file. */
  readonly key: string;
  /** The number of downloads that were begun, this one included. */
  readonly tries: number;
  /** The key of the file of an earlier content. */
  readonly earlierFile: string | null;
}

/** How long a download is this process's, by the database's clock. It is renewed while the download goes on. */
const CLAIM = "now() + interval '60 s'";
const IS_SAME = `call_id = $1 AND content_hash = decode($2, 'hex') AND state IN ('announced', 'failed')`;

/** The recording of a call, and its file if that is kept. */
export interface KeptRecording {
  readonly callId: string;
  readonly state: string;
  readonly file: string;
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
  readonly contentType: string;
}

const FIND = {
  name: 'find-recording',
  text: `SELECT r.call_id AS "callId", r.state, coalesce(r.file, '') AS file, coalesce(r.bytes, 0)::float8 AS bytes,
      coalesce(encode(r.sha256, 'hex'), '') AS sha256, coalesce(r.content_type, '') AS "contentType"
    FROM calls c JOIN call_recordings r ON r.call_id = c.call_id
    WHERE c.call_id = $1 AND ${isOfSources('$2', 'c.source')}`,
};
const MOST_EXPIRED_AT_ONCE = 1000;
const ARE_OVER = "next_try_at IS NOT NULL AND expires_at <= now() AND state IN ('announced', 'failed')";
const OVER = {
  name: 'recordings-over',
  text: `SELECT call_id FROM call_recordings WHERE ${ARE_OVER} LIMIT $1`,
};
const EXPIRE = {
  name: 'expire-recordings',
  text: `UPDATE call_recordings SET state = 'expired', next_try_at = NULL, change_delivery_id = $2
    WHERE call_id = ANY($1) AND ${ARE_OVER} RETURNING call_id`,
};
const CLAIM_DUE = {
  name: 'claim-recordings',
  text: `UPDATE call_recordings r SET tries = r.tries + 1, next_try_at = ${CLAIM}
    FROM (SELECT call_id FROM call_recordings WHERE next_try_at <= now() AND state IN ('announced', 'failed')
      ORDER BY next_try_at LIMIT $1 FOR UPDATE SKIP LOCKED) AS due
    WHERE r.call_id = due.call_id
    RETURNING r.call_id AS "callId", r.record_file AS url, encode(r.content_hash, 'hex') AS "contentHash", r.tries,
      (SELECT ${FILE_KEY} FROM (SELECT r.call_id, r.delivery_id) AS row) AS key, r.file AS "earlierFile"`,
};
const RENEW = {
  name: 'renew-recording',
  text: `UPDATE call_recordings SET next_try_at = ${CLAIM} WHERE ${IS_SAME} RETURNING 1`,
};
const KEPT = {
  name: 'keep-recording',
  text: `UPDATE call_recordings SET state = 'kept', next_try_at = NULL, reason = NULL, file = $3, bytes = $4,
      sha256 = $5, content_type = $6, change_delivery_id = $7 WHERE ${IS_SAME} RETURNING call_id`,
};
const failedWhere = (condition: string, set: string) =>
  `UPDATE call_recordings SET state = 'failed', reason = $3, next_try_at = now() + $4 * interval '1 ms'${set}
    WHERE ${IS_SAME} AND ${condition} RETURNING call_id`;
const FAILED_FIRST = {
  name: 'fail-recording',
  text: failedWhere("state <> 'failed'", ', change_delivery_id = $5'),
};
const FAILED_AGAIN = { name: 'fail-recording-again', text: failedWhere("state = 'failed'", '') };

const REMOVED = {
  name: 'removed-files',
  text: 'SELECT file FROM removed_files WHERE not_before <= now() LIMIT $1',
};
const FORGET = { name: 'forget-files', text: 'DELETE FROM removed_files WHERE file = ANY($1)' };

/** Finds recordings to download, and notes what became of them. */
@Injectable()
export class RecordingRepository {
  constructor(
    private readonly database: Database,
    private readonly changes: RecordingChangesRepository,
  ) {}

  /** @param sources those that the asker may see; null: all. @returns undefined if there is no such call or recording */
  async find(callId: string, sources: readonly string[] | null): Promise<KeptRecording | undefined> {
    const [row] = await this.database.query<KeptRecording>({ ...FIND, values: [callId, sources] });
    return row;
  }

  /** Gives up those whose URL has died, and takes some that are due. Other processes take others. */
  async claim(limit: number): Promise<ClaimedRecording[]> {
    const over = await this.database.query<{ call_id: string }>({ ...OVER, values: [MOST_EXPIRED_AT_ONCE] });
    const ids = over.map((row) => row.call_id);
    if (ids.length > 0)
      await this.changes.change(ids, (deliveryId) => ({ ...EXPIRE, values: [ids, deliveryId] }));
    return this.database.query<ClaimedRecording>({ ...CLAIM_DUE, values: [limit] });
  }

  /** Keeps a download this process's for another minute. @returns false when nobody wants it any more */
  async renew({ callId, contentHash }: ClaimedRecording): Promise<boolean> {
    return (await this.database.query({ ...RENEW, values: [callId, contentHash] })).length > 0;
  }

  /** @returns false when the recording has another content by now, or was erased; then the file is nobody's */
  async kept(
    { callId, contentHash, key }: ClaimedRecording,
    { bytes, sha256, contentType }: Downloaded,
  ): Promise<boolean> {
    const values = [callId, contentHash, key, bytes, sha256, contentType];
    const changed = await this.changes.change([callId], (deliveryId) => ({
      ...KEPT,
      values: [...values, deliveryId],
    }));
    return changed.length > 0;
  }

  /** The files that nothing needs any more, and that no download writes, some at a time. */
  async removed(limit: number): Promise<string[]> {
    const rows = await this.database.query<{ file: string }>({ ...REMOVED, values: [limit] });
    return rows.map(({ file }) => file);
  }

  /** Forgets files that are not in the store any more. */
  async forget(files: readonly string[]): Promise<void> {
    await this.database.query({ ...FORGET, values: [files] });
  }

  /** Only the first failure is a change of the state. */
  async failed({ callId, contentHash }: ClaimedRecording, reason: string, pauseMs: number): Promise<void> {
    const values = [callId, contentHash, reason, pauseMs];
    if ((await this.database.query({ ...FAILED_AGAIN, values })).length > 0) return;
    await this.changes.change([callId], (deliveryId) => ({
      ...FAILED_FIRST,
      values: [...values, deliveryId],
    }));
  }
}
