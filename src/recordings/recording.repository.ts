import { Injectable } from '@nestjs/common';
import { Database } from '../persistence/connections/database.js';
import { fileKey } from '../persistence/sql/delete-recordings.js';
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
}

const ARE_THERE = {
  name: 'are-there-recordings',
  text: 'SELECT EXISTS (SELECT 1 FROM call_recordings) OR EXISTS (SELECT 1 FROM removed_files) AS any',
};
/** How long a download is this process's, by the database's clock. It is renewed while the download goes on. */
const CLAIM = "now() + interval '60 s'";
const IS_SAME = `call_id = $1 AND content_hash = decode($2, 'hex')`;
const WAITS = "state IN ('announced', 'failed')";
/** A download that began in time is finished. */
const IS_WANTED = "state IN ('announced', 'failed', 'expired')";

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
const IS_DUE = `next_try_at <= now() AND ${WAITS}`;
const MOST_CHANGED_AT_ONCE = 1000;
/** A change of the states of all recordings for which a condition holds. */
const changeWhere = (name: string, condition: string, set: string) => ({
  find: { name: `find-${name}`, text: `SELECT call_id FROM call_recordings WHERE ${condition} LIMIT $1` },
  update: {
    name,
    text: `UPDATE call_recordings SET ${set}, change_delivery_id = $2
      WHERE call_id = ANY($1) AND ${condition} RETURNING call_id`,
  },
});
const EXPIRE = changeWhere(
  'expire-recordings',
  `next_try_at IS NOT NULL AND expires_at <= now() AND ${WAITS}`,
  "state = 'expired', next_try_at = NULL",
);
const SWITCH_OFF = changeWhere(
  'switch-recordings-off',
  `next_try_at IS NOT NULL AND ${WAITS}`,
  "state = 'off', next_try_at = NULL",
);
const SWITCH_ON = changeWhere(
  'switch-recordings-on',
  "state = 'off' AND expires_at > now() AND record_file IS NOT NULL",
  "state = 'announced', next_try_at = now()",
);
const FIND_DUE = {
  name: 'find-due-recordings',
  text: `SELECT call_id AS "callId" FROM call_recordings WHERE ${IS_DUE} ORDER BY next_try_at LIMIT $1`,
};
// Of two processes that found the same one, the second waits for the first, and then it is not due any more.
const CLAIM_DUE = {
  name: 'claim-recordings',
  text: `UPDATE call_recordings SET tries = tries + 1, next_try_at = ${CLAIM} WHERE call_id = ANY($1) AND ${IS_DUE}
    RETURNING call_id AS "callId", record_file AS url, encode(content_hash, 'hex') AS "contentHash", tries,
      delivery_id AS "deliveryId"`,
};
const RENEW = {
  name: 'renew-recording',
  text: `UPDATE call_recordings SET next_try_at = ${CLAIM} WHERE ${IS_SAME} AND ${IS_WANTED} RETURNING 1`,
};
const KEPT = {
  name: 'keep-recording',
  text: `UPDATE call_recordings SET state = 'kept', next_try_at = NULL, reason = NULL, file = $3, bytes = $4,
      sha256 = $5, content_type = $6, change_delivery_id = $7 WHERE ${IS_SAME} AND ${IS_WANTED} RETURNING call_id`,
};
const REMOVE_EARLIER = {
  name: 'remove-earlier-file',
  text: `INSERT INTO removed_files (file, not_before) SELECT file, now() FROM call_recordings
    WHERE ${IS_SAME} AND ${IS_WANTED} AND file <> $3 ON CONFLICT (file) DO NOTHING`,
};
const HAS_FILE = {
  name: 'has-recording-file',
  text: 'SELECT 1 FROM call_recordings WHERE call_id = $1 AND file = $2',
};
const failedWhere = (condition: string, set: string) =>
  `UPDATE call_recordings SET state = 'failed', reason = $3, next_try_at = now() + $4 * interval '1 ms'${set}
    WHERE ${IS_SAME} AND ${condition} RETURNING call_id`;
const FAILED_FIRST = {
  name: 'fail-recording',
  text: failedWhere("state = 'announced'", ', change_delivery_id = $5'),
};
const FAILED_AGAIN = { name: 'fail-recording-again', text: failedWhere("state = 'failed'", '') };
const RELEASED = {
  name: 'release-recording',
  text: `UPDATE call_recordings SET tries = tries - 1, next_try_at = now() WHERE ${IS_SAME} AND ${WAITS}`,
};
const FIND_OLD = {
  name: 'find-old-recordings',
  text: `SELECT call_id FROM call_recordings
    WHERE state = 'kept' AND announced_at < now() - $1 * interval '1 day' ORDER BY announced_at LIMIT $2`,
};
const IS_OLD = "state = 'kept' AND announced_at < now() - $2 * interval '1 day'";
const REMOVE_OLD_FILES = {
  name: 'remove-old-files',
  text: `INSERT INTO removed_files (file, not_before) SELECT file, now() FROM call_recordings
    WHERE call_id = ANY($1) AND ${IS_OLD} ON CONFLICT (file) DO NOTHING`,
};
const REMOVE_OLD = {
  name: 'remove-old-recordings',
  text: `UPDATE call_recordings SET state = 'removed', file = NULL, bytes = NULL, sha256 = NULL, content_type = NULL,
      change_delivery_id = $3 WHERE call_id = ANY($1) AND ${IS_OLD} RETURNING call_id`,
};

const REMOVED = {
  name: 'removed-files',
  text: 'SELECT file FROM removed_files WHERE not_before <= now() LIMIT $1',
};
const FORGET = { name: 'forget-files', text: 'DELETE FROM removed_files WHERE file = ANY($1)' };

const STATES = ['announced', 'kept', 'failed', 'expired', 'off', 'removed'];
const COUNT = {
  name: 'count-recordings',
  text: 'SELECT state, count(*)::float8 AS count FROM call_recordings GROUP BY state',
};
const COUNT_EXPIRING = {
  name: 'count-expiring-recordings',
  text: `SELECT count(*)::int AS count FROM call_recordings
    WHERE next_try_at IS NOT NULL AND expires_at < now() + $1 * interval '1 hour' AND ${WAITS}`,
};

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

  /** Gives up those whose URL has died. */
  async expire(): Promise<void> {
    await this.changeAll(EXPIRE);
  }

  /** Takes up those that were announced while nothing was kept, or gives up those that wait. */
  async switch(isOn: boolean): Promise<void> {
    await this.changeAll(isOn ? SWITCH_ON : SWITCH_OFF);
  }

  /** Whether there is anything to do with a store: a recording, or a file that nothing needs any more. */
  async areThere(): Promise<boolean> {
    const [row] = await this.database.query<{ any: boolean }>(ARE_THERE);
    return row?.any === true;
  }

  /** Takes some that are due. Other processes take others. */
  async claim(limit: number): Promise<ClaimedRecording[]> {
    const due = await this.database.query<{ callId: string }>({ ...FIND_DUE, values: [limit] });
    if (due.length === 0) return [];
    const claimed = await this.database.query<Omit<ClaimedRecording, 'key'> & { deliveryId: string }>({
      ...CLAIM_DUE,
      values: [due.map(({ callId }) => callId)],
    });
    return claimed.map(({ deliveryId, ...recording }) => ({
      ...recording,
      key: fileKey(recording.callId, deliveryId),
    }));
  }

  /** Keeps a download this process's for another minute. @returns false when nobody wants it any more */
  async renew({ callId, contentHash }: ClaimedRecording): Promise<boolean> {
    return (await this.database.query({ ...RENEW, values: [callId, contentHash] })).length > 0;
  }

  /** @returns false when the recording is kept already, has another content by now, or was erased */
  async kept(
    { callId, contentHash, key }: ClaimedRecording,
    { bytes, sha256, contentType }: Downloaded,
  ): Promise<boolean> {
    const values = [callId, contentHash, key];
    const changed = await this.changes.change(
      [callId],
      (deliveryId) => ({ ...KEPT, values: [...values, bytes, sha256, contentType, deliveryId] }),
      { ...REMOVE_EARLIER, values },
    );
    return changed.length > 0;
  }

  /** Whether the file of the download is the one of the recording. */
  async hasFile({ callId, key }: ClaimedRecording): Promise<boolean> {
    return (await this.database.query({ ...HAS_FILE, values: [callId, key] })).length > 0;
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

  /**
   * Forgets some of the files that were announced more than so many days ago. They are removed from the store later.
   *
   * @returns how many
   */
  async removeOld(days: number, limit: number): Promise<number> {
    const old = await this.database.query<{ call_id: string }>({ ...FIND_OLD, values: [days, limit] });
    const ids = old.map((row) => row.call_id);
    if (ids.length > 0)
      await this.changes.change(ids, (deliveryId) => ({ ...REMOVE_OLD, values: [ids, days, deliveryId] }), {
        ...REMOVE_OLD_FILES,
        values: [ids, days],
      });
    return ids.length;
  }

  /** Gives a download back that was not this recording's fault to fail. */
  async release({ callId, contentHash }: ClaimedRecording): Promise<void> {
    await this.database.query({ ...RELEASED, values: [callId, contentHash] });
  }

  /** How many recordings have each state. */
  async counts(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.query<{ state: string; count: number }>({ ...COUNT, values: [] });
    return new Map([
      ...STATES.map((state): [string, number] => [state, 0]),
      ...rows.map(({ state, count }): [string, number] => [state, count]),
    ]);
  }

  /** How many recordings are not kept yet, though their URLs expire within so many hours. */
  async countExpiring(hours: number): Promise<number> {
    const [row] = await this.database.query<{ count: number }>({ ...COUNT_EXPIRING, values: [hours] });
    return row?.count ?? 0;
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

  private async changeAll({ find, update }: ReturnType<typeof changeWhere>): Promise<void> {
    for (;;) {
      const found = await this.database.query<{ call_id: string }>({
        ...find,
        values: [MOST_CHANGED_AT_ONCE],
      });
      const ids = found.map((row) => row.call_id);
      if (ids.length === 0) return;
      await this.changes.change(ids, (deliveryId) => ({ ...update, values: [ids, deliveryId] }));
    }
  }
}
