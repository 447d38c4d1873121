/**
 * Why the vendor's API gave no usable answer:
 *
 * - `throttled`: there were too many requests.
 * - `unavailable`: there was no answer in time, or the vendor's service failed.
 * - `refused`: the vendor rejects the request, for example its credentials.
 * - `unreadable`: the answer is not what the vendor documents.
 * - `too large`: the answer has more bytes than are read.
 * - `inconsistent`: the pages of a list do not add up.
 */
export type VendorProblem =
  'throttled' | 'unavailable' | 'refused' | 'unreadable' | 'too large' | 'inconsistent';

/** The vendor's API gave no usable answer. The message holds neither credentials nor field values. */
export class VendorApiError extends Error {
  constructor(
    readonly problem: VendorProblem,
    message: string,
    options?: ErrorOptions,
    /** How long the vendor asks to wait, in milliseconds. */
    readonly retryAfterMs = 0,
  ) {
    super(message, options);
  }

  /** Whether the same request may succeed later. */
  get mayPass(): boolean {
    return this.problem === 'throttled' || this.problem === 'unavailable';
  }
}
