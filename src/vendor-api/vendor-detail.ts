import type { AnswerObject } from './answer-object.js';
import { smartStatusCodeOf } from './call-results.js';

/** An entry of a task with its last call. Null: the vendor does not say. Times are epoch milliseconds. */
export interface VendorDetail {
  readonly detailId: string;
  /** Null in answers from before 29 July 2026. */
  readonly callId: string | null;
  readonly outId: string | null;
  /** Differs in form from the `batchId` of pushes. */
  readonly batchId: string | null;
  /** The number, or a hash of it if `encryptionType` is not 0. */
  readonly calledNumber: string | null;
  readonly encryptionType: string | null;
  /** The code that a push would have. */
  readonly smartStatusCode: string | null;
  readonly callingTime: number | null;
  readonly importedTime: number | null;
  /** Seconds. */
  readonly conversationDuration: number | null;
  /** 0 to 5. Only 4 (ended) and 5 (failed) are final. */
  readonly status: number | null;
  readonly failedReason: string | null;
  readonly majorIntent: string | null;
  readonly conversationRecord: string | null;
}

/** Which entries of a task are asked for. The vendor's list of one status lacks the entries of the two others. */
const DETAIL_STATUSES = { pending: '0', completed: '1', failed: '2' } as const;

export interface DetailFilter {
  readonly taskId: string;
  readonly status: keyof typeof DETAIL_STATUSES;
  /** Epoch milliseconds. */
  readonly startCallingTime?: number;
  readonly endCallingTime?: number;
  /** At most 100. */
  readonly detailIds?: readonly string[];
}

const DIGITS = /^\d+$/;

/** @throws Error when an id is not made of digits: the vendor takes the ids as JSON numbers */
export function detailParameters(filter: DetailFilter): Record<string, string> {
  const { taskId, status, startCallingTime, endCallingTime, detailIds } = filter;
  const wrong = detailIds?.find((id) => !DIGITS.test(id));
  if (wrong !== undefined) throw new Error(`The vendor has no detail with the id ${JSON.stringify(wrong)}`);
  return {
    TaskId: taskId,
    Status: DETAIL_STATUSES[status],
    ...(startCallingTime === undefined ? {} : { StartCallingTime: String(startCallingTime) }),
    ...(endCallingTime === undefined ? {} : { EndCallingTime: String(endCallingTime) }),
    ...(detailIds === undefined ? {} : { DetailIds: `[${detailIds.join(',')}]` }),
  };
}

export function readVendorDetail(row: AnswerObject): VendorDetail {
  return {
    detailId: row.requiredText('DetailId'),
    callId: row.text('CallId'),
    outId: row.text('OutId'),
    batchId: row.text('BatchId'),
    calledNumber: row.text('CalledNumber'),
    encryptionType: row.text('EncryptionType'),
    smartStatusCode: smartStatusCodeOf(row.text('CallResult')),
    callingTime: row.instant('CallingTime'),
    importedTime: row.instant('ImportedTime'),
    conversationDuration: row.count('ConversationDuration'),
    status: row.count('Status'),
    failedReason: row.text('FailedReason'),
    majorIntent: row.text('MajorIntent'),
    conversationRecord: row.text('ConversationRecord'),
  };
}
