// The feed of changes in, a number that grows whenever the ledger has changed out. No call is read from it: only that
// there is a change, so that nobody's number is shown, and noted as shown, to a page that is only refreshed.
import { useEffect, useState } from 'preact/hooks';
import { answerOf, api, isAbort } from './client.js';
import { type Feed, follow, followBlindly, pause, whileInSight } from './following.js';
import { may } from './session.js';
import { pace } from './use-ask.js';

/**
 * Follows the feed while the page is in sight.
 *
 * @returns 0 until the place in the feed is taken: what is asked before may miss a change
 */
export function useChanges(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const changed = () => {
      setChanges((count) => count + 1);
    };
    return whileInSight(document, (signal) => {
      const feed = feedFor(changed, signal);
      const following = may('calls:read') ? follow(feed) : followBlindly(feed);
      following.catch((error: unknown) => {
        if (!isAbort(error)) throw error;
      });
    });
  }, []);
  return changes;
}

function feedFor(changed: () => void, signal: AbortSignal): Feed {
  return {
    ask: (after, wait) => {
      const query = { after, limit: 0, wait };
      return answerOf(api.GET('/v1/changes', { params: { query }, signal }));
    },
    changed,
    pace,
    pause: (ms) => pause(ms, signal),
    now: () => performance.now(),
  };
}
