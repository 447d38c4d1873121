import type { Version } from '../records/call-factory.js';

/** The content of a push: a slice of the calls, of their notes or recordings, corrections of earlier calls, or a body that can't be read. */
type PushContent =
  | { readonly kind: 'calls' | 'notes' | 'recordings'; readonly number: number }
  | { readonly kind: 'corrections'; readonly calls: readonly number[] }
  | { readonly kind: 'broken-body'; readonly number: number };

/** One push of the vendor. Its body is made when it is sent, so thousands of pushes can wait in little memory. */
export interface Push {
  readonly content: PushContent;
  /** The group of pushes that it belongs to. Corrections wait until their window is settled. */
  readonly window: number;
  /** The identical body is sent in another push too. */
  readonly again: boolean;
  readonly heldBack: boolean;
}

/** One record in a push. */
export type Entry =
  | { readonly kind: 'call'; readonly call: number; readonly version: Version; readonly repeated: boolean }
  | { readonly kind: 'note'; readonly call: number }
  | { readonly kind: 'recording'; readonly call: number }
  | { readonly kind: 'broken'; readonly number: number };
