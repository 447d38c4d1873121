// Who is signed in: a key or a person in, what they may do out. The key is kept by the browser until its tab is closed.
import { signal } from '@preact/signals';
import { forTab } from '../state/kept.js';
import { forgetTrail } from '../state/trail.js';
import { travelled } from '../state/travel.js';
import { answerOf, api, askAs, type Person, type Problem, type Schemas } from './client.js';
import { companyAccount, endSession } from './company-account.js';

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
/** Set in a tab where a person is signed in. The service may be away when that is to be known again. */
const SIGNED_IN = 'call-ledger.person';

export const session = signal<Session | undefined>();
/** Whether a key that was kept is being tried for the first time. */
export const resuming = signal(true);
/** Why it is not known what the key that was kept may do: it is kept until that is known. */
export const unresumed = signal<Problem | undefined>();
/** Whether people can sign in with their company's account. */
export const offersAccounts = signal(false);
/** Whether the key that was signed in is not valid any more, or the person's session has ended. */
export const ended = signal(false);

const ENDED: Problem = { status: 401, detail: '', errors: [], requestId: undefined };

/** Grows with each coming and going, so that a late answer to a former one changes nothing. */
let turn = 0;
/** Who is signed in with the company's account, and not with a key. */
let person: Person | undefined;

/** @returns what went wrong; undefined: signed in, or somebody signed in or out meanwhile */
export async function signIn(key: string): Promise<Problem | undefined> {
  return begin(key);
}

async function begin(asker: string | Person): Promise<Problem | undefined> {
  turn += 1;
  const own = turn;
  askAs(asker, () => undefined);
  const { data, problem } = await answerOf(api.GET('/v1/api-keys/current'));
  if (own !== turn) return undefined;
  if (problem !== undefined) {
    askAs(undefined, () => undefined);
    return problem;
  }
  person = typeof asker === 'string' ? undefined : asker;
  if (typeof asker === 'string') forTab.set(STORED, asker);
  else forTab.set(SIGNED_IN, 'yes');
  askAs(asker, end);
  ended.value = false;
  unresumed.value = undefined;
  session.value = data;
  return undefined;
}

export function signOut(): void {
  if (person !== undefined) void endSession(person);
  forget();
}

function forget(): void {
  turn += 1;
  person = undefined;
  forTab.remove(STORED);
  forTab.remove(SIGNED_IN);
  forgetTrail();
  travelled.value = {};
  askAs(undefined, () => undefined);
  unresumed.value = undefined;
  session.value = undefined;
}

/** The service says that the key is not valid any more, or that the session has ended. */
function end(): void {
  forget();
  ended.value = true;
}

/**
 * Goes on with the key of this tab, if there is one, or as the person whose browser this is. Only the service's own word
 * that it is not valid takes it away.
 */
export async function resume(): Promise<void> {
  const key = forTab.get(STORED);
  const { data: account, problem: unknown } = await companyAccount();
  offersAccounts.value = account?.isOffered ?? false;
  const asker = key ?? account?.person;
  const wasSignedIn = forTab.get(SIGNED_IN) !== null;
  const lost = wasSignedIn ? (unknown ?? ENDED) : undefined;
  const problem = asker === undefined ? lost : await begin(asker);
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
