// Who is signed in: a key in, what it may do out. The key is kept by the browser until its tab is closed.
import { signal } from '@preact/signals';
import { forTab } from '../state/kept.js';
import { forgetTrail } from '../state/trail.js';
import { travelled } from '../state/travel.js';
import { answerOf, api, askAs, type Problem, type Schemas } from './client.js';

type CurrentKey = Schemas['CurrentApiKey'];
export type Scope = CurrentKey['scopes'][number];

export interface Session {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** null: all. */
  readonly sources: readonly string[] | null;
}

const STORED = 'call-ledger.key';

export const session = signal<Session | undefined>();
/** Whether a key that was kept is being tried for the first time. */
export const resuming = signal(true);
/** Why it is not known what the key that was kept may do: it is kept until that is known. */
export const unresumed = signal<Problem | undefined>();
/** Whether the key that was signed in is not valid any more. */
export const ended = signal(false);

/** Grows with each coming and going, so that a late answer to a former one changes nothing. */
let turn = 0;

/** @returns what went wrong; undefined: signed in, or somebody signed in or out meanwhile */
export async function signIn(key: string): Promise<Problem | undefined> {
  turn += 1;
  const own = turn;
  askAs(key, () => undefined);
  const { data, problem } = await answerOf(api.GET('/v1/api-keys/current'));
  if (own !== turn) return undefined;
  if (problem !== undefined) {
    askAs(undefined, () => undefined);
    return problem;
  }
  forTab.set(STORED, key);
  askAs(key, end);
  ended.value = false;
  unresumed.value = undefined;
  session.value = data;
  return undefined;
}

export function signOut(): void {
  turn += 1;
  forTab.remove(STORED);
  forgetTrail();
  travelled.value = {};
  askAs(undefined, () => undefined);
  unresumed.value = undefined;
  session.value = undefined;
}

/** The service says that the key is not valid any more. */
function end(): void {
  signOut();
  ended.value = true;
}

/** Goes on with the key of this tab, if there is one. Only the service's own word that it is not valid takes it away. */
export async function resume(): Promise<void> {
  const key = forTab.get(STORED);
  const problem = key === null ? undefined : await signIn(key);
  if (problem?.status === 401) end();
  // A new object for each try, so that who looks at it sees that there was one.
  else if (problem !== undefined) unresumed.value = { ...problem };
  resuming.value = false;
}

/** Whether the key has one of the scopes. */
export function may(...scopes: readonly Scope[]): boolean {
  return scopes.some((scope) => session.value?.scopes.includes(scope));
}

/** Whether the key sees the calls of all sources, as what is of none demands. */
export function seesAll(): boolean {
  return session.value?.sources === null;
}
