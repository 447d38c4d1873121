// SQL for what a call shows of its note and its recording, as JSON.
import { bytesOfJson } from '../../persistence/sql/sized-page.js';

const time = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/**
 * SQL for the note of a call; null if there is none.
 *
 * @param call the alias of the call's row
 */
export function noteOf(call: string): string {
  return `(SELECT json_build_object('majorIntent', n.major_intent, 'outputTags', n.output_tags,
      'attempt', n.call_times, 'realCaller', n.real_caller, 'turns', n.turns,
      'receivedAt', ${time('n.last_received_at')}, 'revision', n.revision, 'extra', n.extra, 'warnings', n.warnings)
    FROM call_notes n WHERE n.call_id = ${call}.call_id)`;
}

/** SQL for the bytes of what {@link noteOf} makes, without its parts of limited size. */
export function sizeOfNote(call: string): string {
  return `(SELECT ${bytesOfJson('n.extra')} + ${bytesOfJson('n.output_tags')}
    FROM call_notes n WHERE n.call_id = ${call}.call_id)`;
}

const IDS = `'callId', call_id, 'taskId', task_id, 'batchId', batch_id, 'detailId', detail_id, 'outId', out_id`;
const ORIGIN = `'source', source, 'provenance', CASE WHEN pulled THEN 'pulled' ELSE 'pushed' END,
  'warnings', warnings, 'extra', extra`;

/** SELECTs of the current contents of the notes and recordings of the call $1, in the form of the history's. */
export const CURRENT_MESSAGES = `SELECT 'note' AS message, revision, last_received_at AS received_at, delivery_id,
    json_build_object(${IDS}, 'majorIntent', major_intent, 'outputTags', output_tags, 'call_times', call_times,
      'realCaller', real_caller, 'turns', turns, ${ORIGIN})::text AS content
  FROM call_notes WHERE call_id = $1
  UNION ALL SELECT 'recording', revision, last_received_at, delivery_id,
    json_build_object(${IDS}, 'startTime', ${time('start_time')}, 'endTime', ${time('end_time')},
      'duration', duration, 'recordFile', record_file, ${ORIGIN})::text
  FROM call_recordings WHERE call_id = $1`;

/** SQL for the recording of a call; null if there is none. The vendor's URL is a secret. */
export function recordingOf(call: string): string {
  return `(SELECT json_build_object('state', r.state, 'startTime', ${time('r.start_time')},
      'endTime', ${time('r.end_time')}, 'duration', r.duration, 'announcedAt', ${time('r.announced_at')},
      'expiresAt', ${time('r.expires_at')}, 'bytes', r.bytes, 'contentType', r.content_type, 'reason', r.reason)
    FROM call_recordings r WHERE r.call_id = ${call}.call_id)`;
}
