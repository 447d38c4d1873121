// How calls are written into a file.
import type { CallTexts } from './call-texts.js';

/** How calls, or those fields of them that are wanted, are written into a file. */
export interface CallFormat {
  readonly mediaType: string;
  /** What the file begins with, also when there is no call. */
  readonly head: string;
  /** A call, with the end of its line. */
  readonly line: (call: CallTexts) => string;
}
