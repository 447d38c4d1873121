// The types of the API that this package is about. `paths` has those of all operations, for openapi-fetch and the like.
import type { components } from './generated/api.js';

type Schemas = components['schemas'];

/** A call with all its fields. */
export type Call = Schemas['Call'];
/** A call of the feed, or of a webhook. Without `fields`, it has all that {@link Call} has but names of tasks and batches. */
export type SelectedCall = Schemas['SelectedCall'];
/** A call was stored or changed (`call`), or is not there any more (`erased`). */
export type Change = Schemas['ChangePage']['data'][number];
export type ChangePage = Schemas['ChangePage'];
/** A change in a request to a webhook. Without `call`, the call is not there any more. */
export type WebhookChange = Schemas['WebhookChange'];
export type Problem = Schemas['Problem'];

export type { components, operations, paths } from './generated/api.js';
