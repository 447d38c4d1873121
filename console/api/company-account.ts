// What the service says of people who sign in with their company's account: whether they can, and who has.
import type { Answer } from './answer.js';
import { arrived, type Person, problemOf, refusalOf, SERVICE } from './client.js';

/** The session of the browser, which the service keeps in a cookie that no script can read. */
export interface CompanyAccount {
  /** Whether people can sign in here. */
  readonly isOffered: boolean;
  /** Who has; undefined: nobody. */
  readonly person: Person | undefined;
}

export async function companyAccount(): Promise<Answer<CompanyAccount>> {
  try {
    const request = new Request(new URL('auth/session', SERVICE));
    const response = await arrived(fetch(request, { credentials: 'same-origin', cache: 'no-store' }));
    if (!response.ok) return { problem: await refusalOf(response) };
    return { data: accountOf(await arrived(response.json())) };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

function accountOf(body: unknown): CompanyAccount {
  const { signIn, session } = fieldsOf(body);
  const { csrfToken } = fieldsOf(session);
  return {
    isOffered: signIn === true,
    person: typeof csrfToken === 'string' ? { csrfToken } : undefined,
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Where the browser goes to sign in. It comes back to the place where it is. */
export function signInAddress(): string {
  const address = new URL('auth/sign-in', SERVICE);
  address.searchParams.set('returnTo', `/console${location.hash}`);
  return address.href;
}

/** Ends the person's session. Without an answer it ends by itself, as the service was set. */
export async function endSession({ csrfToken }: Person): Promise<void> {
  const headers = { 'X-CSRF-Token': csrfToken };
  await fetch(new URL('auth/sign-out', SERVICE), {
    method: 'POST',
    headers,
    credentials: 'same-origin',
  }).catch(() => undefined);
}
