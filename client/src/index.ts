export type {
  Call,
  Change,
  Problem,
  SelectedCall,
  WebhookChange,
  components,
  operations,
  paths,
} from './api.js';
export { type CursorStore, fileCursor } from './cursor-store.js';
export { type Batch, type FollowOptions, follow } from './follow.js';
export { LedgerError } from './ledger-error.js';
export {
  type ReceivedHeaders,
  type VerifiedWebhook,
  type VerifyOptions,
  verifyWebhook,
  WebhookError,
} from './verify-webhook.js';
