import { createHash } from 'node:crypto';

/** SQL for the key of the file of a recording's row in the store. The id of the call may be anything, so it is hashed. */
export const FILE_KEY = `substr(encode(sha256(convert_to(call_id, 'UTF8')), 'hex'), 1, 2) || '/' ||
  substr(encode(sha256(convert_to(call_id, 'UTF8')), 'hex'), 3, 30) || '/' || delivery_id`;

/** The same as {@link FILE_KEY}. Citus refuses that SQL in RETURNING, because `convert_to` is only STABLE. */
export function fileKey(callId: string, deliveryId: string): string {
  const hash = createHash('sha256').update(callId).digest('hex');
  return `${hash.slice(0, 2)}/${hash.slice(2, 32)}/${deliveryId}`;
}

/**
 * SQL that deletes rows of `call_recordings`, and notes their files to be removed from the store. It returns the
 * `call_id` of each row. A download that has begun may have written a file that is not kept. One that is under way ends within the time for which it was claimed.
 *
 * @param condition which rows
 */
export function deleteRecordings(condition: string): string {
  return `WITH gone AS (DELETE FROM call_recordings WHERE ${condition} RETURNING *),
    noted AS (INSERT INTO removed_files (file, not_before)
      SELECT DISTINCT ON (files.file) files.file, greatest(now(), next_try_at)
      FROM gone CROSS JOIN LATERAL (VALUES (gone.file), (CASE WHEN tries > 0 THEN ${FILE_KEY} END)) AS files(file)
      WHERE files.file IS NOT NULL
      ON CONFLICT (file) DO NOTHING)
    SELECT call_id FROM gone`;
}
