/** The vendor's names of the moments of a call. */
export const TIME_FIELDS = [
  'originateTime',
  'ringTime',
  'startTime',
  'endTime',
  'bOriginateTime',
  'bRingTime',
  'bStartTime',
  'bEndTime',
] as const;

/** The fields with telephone numbers, which are masked for an API key that may not see them. */
export const NUMBER_FIELDS = ['caller', 'realCaller', 'callee'] as const;

type DurationField = 'duration' | 'bDuration';
type TextField =
  'taskId' | 'batchId' | 'detailId' | 'callId' | 'statusCode' | 'smartStatusCode' | 'statusMsg';

/** Any result of `JSON.parse`. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The moments of a call, in epoch milliseconds (whole seconds). A moment that never came is null. */
export type CallTimes = Readonly<Record<(typeof TIME_FIELDS)[number], number | null>>;

/**
 * The content of one call, under the vendor's field names, in the order of the vendor's example. Durations are in
 * seconds. `extra` has fields that the vendor does not document. Fields without a type above are sent and expected
 * unchanged.
 */
export type CallFacts = CallTimes &
  Readonly<Record<DurationField, number>> &
  Readonly<Record<(typeof NUMBER_FIELDS)[number] | TextField, string>> & {
    readonly outId: string | null;
    readonly hangupDirection: string | null;
    readonly extra: Readonly<Record<string, Json>>;
    readonly [field: string]: Json;
  };
