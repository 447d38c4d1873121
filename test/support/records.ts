// Records as the vendor sends them.
import { randomBytes } from 'node:crypto';

/** A complete record with the vendor's own times (Asia/Shanghai) and a number that nobody has. */
export function record(callId: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    taskId: 'task-1',
    batchId: 'batch-1',
    detailId: `detail-of-${callId}`,
    callId,
    outId: `out-of-${callId}`,
    originateTime: '2025-06-01 09:59:45',
    ringTime: '2025-06-01 09:59:50',
    startTime: '2025-06-01 10:00:00',
    endTime: '2025-06-01 10:05:30',
    duration: 330,
    bOriginateTime: '2025-06-01 09:59:48',
    bRingTime: '2025-06-01 09:59:52',
    bStartTime: '2025-06-01 09:59:55',
    bEndTime: '2025-06-01 10:05:25',
    bDuration: 320,
    statusCode: '200000',
    smartStatusCode: 'ANSWERED',
    statusMsg: 'Call ended normally',
    caller: '05710000000',
    realCaller: '05710000001',
    callee: '13900000000',
    hangupDirection: 'User',
    ...changes,
  };
}

/** How many bytes a page of a list counts for a byte of a packed text. */
const WEIGHT_OF_PACKED = 64;

/**
 * A text that a page of a list counts as so many bytes. PostgreSQL has packed it, and it might be one that is packed far better. On
 * Citus, the coordinator gets texts unpacked, so that the page counts what they are.
 */
export function weighed(bytes: number): string {
  return process.env['DATABASE_DISTRIBUTED'] === 'citus'
    ? randomBytes((bytes / 4) * 3).toString('base64')
    : packable(bytes / WEIGHT_OF_PACKED);
}

/** A text of twice as many bytes as PostgreSQL makes of it: each part of it comes twice. */
export function packable(packedBytes: number): string {
  const parts = Array.from({ length: Math.ceil(packedBytes / 100) }, () =>
    randomBytes(75).toString('base64'),
  );
  return parts.map((part) => part + part).join('');
}
