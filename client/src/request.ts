// One request for changes, and what its answer means.
import type { ChangePage, Problem } from './api.js';
import { LedgerError } from './ledger-error.js';
import { isChangePage, isProblem, jsonOf } from './shapes.js';

/** How long the ledger may say nothing, beyond the time that it was asked to wait for changes. */
const LONGEST_SILENCE_MS = 45_000;
/** Beside 500 and above: a proxy's time-out, too early, too many. */
const TRANSIENT = [408, 425, 429];

export interface Question {
  readonly url: URL;
  readonly key: string;
  /** How long the ledger may wait for changes, in seconds. */
  readonly wait: number;
  readonly signal: AbortSignal | undefined;
}

/** @throws LedgerError. Aborts of the signal come as one, too. */
export async function ask(question: Question): Promise<ChangePage> {
  const { status, headers, text } = await exchange(question);
  if (status === 200) return pageOf(text);
  const problem = problemOf(text);
  throw new LedgerError(`The ledger answered ${status}${reasonOf(problem, headers)}`, {
    status,
    isTransient: status >= 500 || TRANSIENT.includes(status),
    problem,
    retryAfterMs: retryAfterMs(headers.get('retry-after')),
  });
}

/** A large page may take long on a slow line, so that only silence ends the request. */
async function exchange({ url, key, wait, signal }: Question) {
  const silence = new AbortController();
  const timer = setTimeout(
    () => {
      silence.abort(new Error('The ledger said nothing for too long'));
    },
    wait * 1000 + LONGEST_SILENCE_MS,
  );
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${key}`, accept: 'application/json' },
      // Elsewhere, the key is not known.
      redirect: 'manual',
      signal: signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]),
    });
    const { status, headers } = response;
    const body: AsyncIterable<Uint8Array> | null = response.body;
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of body ?? []) {
      timer.refresh();
      text += decoder.decode(chunk, { stream: true });
    }
    return { status, headers, text: text + decoder.decode() };
  } catch (error) {
    throw new LedgerError(`No answer came from ${url.origin}`, {
      status: 0,
      isTransient: true,
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

function pageOf(text: string): ChangePage {
  const page = jsonOf(text);
  if (isChangePage(page)) return page;
  // A proxy may answer in the ledger's place for a while.
  throw new LedgerError('What came is no page of changes. Is the URL right, and the client new enough?', {
    status: 200,
    isTransient: true,
  });
}

function problemOf(text: string): Problem | undefined {
  const problem = jsonOf(text);
  return isProblem(problem) ? problem : undefined;
}

function reasonOf(problem: Problem | undefined, headers: Headers): string {
  const location = headers.get('location');
  if (location !== null) return `: it is at ${location}`;
  if (problem === undefined) return '';
  const errors = problem.errors.map(({ path, message }) => `${path} ${message}`);
  return `: ${[problem.detail, ...errors].join('; ')} (request ${problem.requestId})`;
}

/** Of seconds or of a date. */
function retryAfterMs(value: string | null): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}
