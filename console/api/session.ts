// Who is signed in: a key in, what it may do out. The key is kept by the browser until its tab is closed.
import { signal } from '@preact/signals';
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
/** Whether a key that was kept is being tried. */
export const resuming = signal(true);
/** Whether the key that was signed in is not valid any more. */
export const ended = signal(false);

/** @returns what went wrong; undefined: signed in */
export async function signIn(key: string): Promise<Problem | undefined> {
  askAs(key, () => undefined);
  const { data, problem } = await answerOf(api.GET('/v1/api-keys/current'));
  if (problem !== undefined) {
    askAs(undefined, () => undefined);
    return problem;
  }
  sessionStorage.setItem(STORED, key);
  askAs(key, () => {
    signOut();
    ended.value = true;
  });
  ended.value = false;
  session.value = data;
  return undefined;
}

export function signOut(): void {
  sessionStorage.removeItem(STORED);
  askAs(undefined, () => undefined);
  session.value = undefined;
}

/** Goes on with the key of this tab, if there is one. */
export async function resume(): Promise<void> {
  const key = sessionStorage.getItem(STORED);
  const problem = key === null ? undefined : await signIn(key);
  if (problem?.status === 401) signOut();
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
