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

export const DURATION_FIELDS = ['duration', 'bDuration'] as const;

/** Telephone numbers: masked for an API key that may not see them. */
export const NUMBER_FIELDS = ['caller', 'realCaller', 'callee'] as const;

export const TEXT_FIELDS = [
  'taskId',
  'batchId',
  'detailId',
  'callId',
  'outId',
  'statusCode',
  'smartStatusCode',
  'statusMsg',
  'hangupDirection',
] as const;

/** What `JSON.parse` can give. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The moments of a call, in epoch milliseconds (whole seconds); null where the moment never came. */
export type CallTimes = Readonly<Record<(typeof TIME_FIELDS)[number], number | null>>;

/** What happened in one call, under the vendor's field names: durations in seconds, `extra` the fields no table lists. */
export type CallFacts = CallTimes &
  Readonly<Record<(typeof DURATION_FIELDS)[number], number>> &
  Readonly<Record<(typeof NUMBER_FIELDS)[number], string>> &
  Readonly<Record<Exclude<(typeof TEXT_FIELDS)[number], 'outId' | 'hangupDirection'>, string>> & {
    readonly outId: string | null;
    readonly hangupDirection: string | null;
    readonly extra: Readonly<Record<string, Json>>;
  };
