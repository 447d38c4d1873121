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

/** Telephone numbers: masked for an API key that may not see them. */
export const NUMBER_FIELDS = ['caller', 'realCaller', 'callee'] as const;

type DurationField = 'duration' | 'bDuration';
type TextField =
  'taskId' | 'batchId' | 'detailId' | 'callId' | 'statusCode' | 'smartStatusCode' | 'statusMsg';

/** What `JSON.parse` can give. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The moments of a call, in epoch milliseconds (whole seconds); null where the moment never came. */
export type CallTimes = Readonly<Record<(typeof TIME_FIELDS)[number], number | null>>;

/**
 * What happened in one call, under the vendor's field names in the order of the vendor's example: durations in seconds, `extra` the
 * fields no table lists. Whatever is not named here is sent as it is, and expected to be stored so.
 */
export type CallFacts = CallTimes &
  Readonly<Record<DurationField, number>> &
  Readonly<Record<(typeof NUMBER_FIELDS)[number] | TextField, string>> & {
    readonly outId: string | null;
    readonly hangupDirection: string | null;
    readonly extra: Readonly<Record<string, Json>>;
    readonly [field: string]: Json;
  };
