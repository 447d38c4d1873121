import type { AnswerObject } from './answer-object.js';
import { hangupDirectionOf, smartStatusCodeOf } from './call-results.js';

/** One call with all that the vendor's API knows of it. Null: the vendor does not say. Times are epoch milliseconds. */
export interface VendorConversation {
  readonly taskId: string | null;
  readonly detailId: string | null;
  readonly callId: string | null;
  readonly outId: string | null;
  readonly callerPhone: string | null;
  /** The number, or a hash of it if `encryptionType` is not 0. */
  readonly calledPhone: string | null;
  readonly encryptionType: string | null;
  /** The codes that a push would have. */
  readonly smartStatusCode: string | null;
  readonly statusCode: string | null;
  readonly statusMsg: string | null;
  readonly startCallTime: number | null;
  readonly pickUpTime: number | null;
  readonly releaseTime: number | null;
  /** Seconds. */
  readonly duration: number | null;
  /** `User` and `Machine` as in pushes; any other value as it came. */
  readonly hangupDirection: string | null;
  readonly majorIntent: string | null;
  readonly conversationRecord: string | null;
  readonly outputTags: readonly VendorOutputTag[];
  readonly recordingUrl: string | null;
}

/** A tag of the conversation. The vendor does not document the type of its value. */
interface VendorOutputTag {
  readonly name: string;
  readonly value: unknown;
}

/** Which call is asked for: an entry's last call, or a call of any attempt. */
export type ConversationKey =
  | { readonly taskId: string; readonly detailId: string }
  | { readonly taskId: string; readonly callId: string };

export function conversationParameters(key: ConversationKey): Record<string, string> {
  return {
    TaskId: key.taskId,
    ...('callId' in key ? { CallId: key.callId } : { DetailId: key.detailId }),
  };
}

export function readVendorConversation(data: AnswerObject): VendorConversation {
  return {
    taskId: data.text('TaskId'),
    detailId: data.text('DetailId'),
    callId: data.text('CallId'),
    outId: data.text('OutId'),
    callerPhone: data.text('CallerPhone'),
    calledPhone: data.text('CalledPhone'),
    encryptionType: data.text('EncryptionType'),
    smartStatusCode: smartStatusCodeOf(data.text('CallResult')),
    statusCode: data.text('StatusCode'),
    statusMsg: data.text('StatusMsg'),
    startCallTime: data.instant('StartCallTime'),
    pickUpTime: data.instant('PickUpTime'),
    releaseTime: data.instant('ReleaseTime'),
    duration: data.count('Duration'),
    hangupDirection: hangupDirectionOf(data.text('HangupDirection')),
    majorIntent: data.text('MajorIntent'),
    conversationRecord: data.text('ConversationRecord'),
    outputTags: data.list('OutputTags').map((tag) => ({
      name: tag.requiredText('OutputTagName'),
      value: tag.raw('OutputTagValue'),
    })),
    recordingUrl: data.text('RecordingFileDownloadUrl'),
  };
}
