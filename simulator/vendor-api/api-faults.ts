/** Faults of the query API on request. All but `pageLimit` are shares from 0 to 1. */
export interface ApiFaults {
  /** Requests that are answered "too many requests". */
  readonly throttling: number;
  /** Requests that fail: HTTP 500 or 502, a system error in HTTP 200, or a broken connection. */
  readonly errors: number;
  /**
   * Entries that are listed without `CallId`, as before the vendor added it. Half of them lack it in the answer for one
   * call too.
   */
  readonly noCallId: number;
  /** Entries whose result is Chinese words instead of a code. */
  readonly chinese: number;
  /** Answers with ids as JSON numbers, beyond 2^53. */
  readonly numberIds: number;
  /** Rows of the largest page that is granted. */
  readonly pageLimit: number;
}

export const NO_FAULTS: ApiFaults = {
  throttling: 0,
  errors: 0,
  noCallId: 0,
  chinese: 0,
  numberIds: 0,
  pageLimit: 100,
};

/** The names of the faults in `--api-faults`. */
const SHARES: ReadonlyMap<string, Exclude<keyof ApiFaults, 'pageLimit'>> = new Map([
  ['throttling', 'throttling'],
  ['errors', 'errors'],
  ['no-call-id', 'noCallId'],
  ['chinese', 'chinese'],
  ['number-ids', 'numberIds'],
]);
const PAGE_LIMIT = 'page-limit';

/**
 * Reads a list such as `throttling=0.1,page-limit=7`.
 *
 * @throws Error that says what is wrong
 */
export function readApiFaults(list: string): ApiFaults {
  const faults = { ...NO_FAULTS };
  for (const entry of list.split(',')) {
    const [name = '', text = ''] = entry.split('=').map((part) => part.trim());
    const share = SHARES.get(name);
    if (share === undefined && name !== PAGE_LIMIT)
      throw new Error(`has no fault "${name}": there are ${[...SHARES.keys(), PAGE_LIMIT].join(', ')}`);
    const value = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN;
    if (share === undefined) {
      if (!(Number.isInteger(value) && value >= 1)) throw new Error(`needs ${name}=N, a whole number from 1`);
      faults.pageLimit = value;
    } else {
      if (!(value <= 1)) throw new Error(`needs ${name}=F, a share from 0 to 1`);
      faults[share] = value;
    }
  }
  return faults;
}
