// The feed of changes in, a number that grows whenever the ledger has changed out. No call is read from it: only that
// there is a change, so that nobody's number is shown, and noted as shown, to a page that is only refreshed.
import { useEffect, useState } from 'preact/hooks';
import { answerOf, api, isAbort } from './client.js';
import { may } from './session.js';

const LONGEST_WAIT_S = 30;
/** A page that is refreshed more often can't be read. */
const BETWEEN_MS = 3000;
const AFTER_PROBLEM_MS = 10_000;

/** @param isFollowing false: the number stays as it is */
export function useChanges(isFollowing: boolean): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    if (!isFollowing) return undefined;
    const gone = new AbortController();
    const changed = () => {
      setChanges((count) => count + 1);
    };
    const following = may('calls:read') ? follow(changed, gone.signal) : poll(changed, gone.signal);
    following.catch((error: unknown) => {
      if (!isAbort(error)) throw error;
    });
    return () => {
      gone.abort();
    };
  }, [isFollowing]);
  return changes;
}

async function follow(changed: () => void, signal: AbortSignal): Promise<void> {
  let after = 'now';
  for (;;) {
    const query = { after, limit: 0, wait: after === 'now' ? 0 : LONGEST_WAIT_S };
    const { data, problem } = await answerOf(api.GET('/v1/changes', { params: { query }, signal }));
    if (problem !== undefined) {
      await pause(AFTER_PROBLEM_MS, signal);
      changed();
    } else if (data.upToDate) {
      after = data.nextCursor;
    } else {
      changed();
      after = 'now';
      await pause(BETWEEN_MS, signal);
    }
  }
}

/** For keys that may not read calls. */
async function poll(changed: () => void, signal: AbortSignal): Promise<void> {
  for (;;) {
    await pause(LONGEST_WAIT_S * 1000, signal);
    changed();
  }
}

/** @throws DOMException AbortError */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('gone', 'AbortError'));
    });
  });
}
