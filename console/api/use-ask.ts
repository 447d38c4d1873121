// A question that belongs to a part of the page in, its answer as it stands out.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type Answer, isAbort, type Problem } from './client.js';

export interface Asked<T> {
  /** The last answer; it stays while a new one is waited for. */
  readonly data: T | undefined;
  readonly problem: Problem | undefined;
  readonly isPending: boolean;
  readonly again: () => void;
}

interface State<T> {
  readonly key: string;
  readonly data: T | undefined;
  readonly problem: Problem | undefined;
  readonly isPending: boolean;
}

/**
 * @param key names all that the question depends on: when it changes, it is asked anew, and the answer before is dropped
 * @param question undefined: there is none
 * @param tick when it changes, it is asked again, and the answer before stays until then
 */
export function useAsk<T>(
  key: string,
  question: ((signal: AbortSignal) => Promise<Answer<T>>) | undefined,
  tick: unknown = 0,
): Asked<T> {
  const [state, setState] = useState<State<T>>(() => blank(key));
  const [asks, setAsks] = useState(0);
  const latest = useRef(question);
  latest.current = question;
  useEffect(() => {
    const ask = latest.current;
    if (ask === undefined) return undefined;
    const gone = new AbortController();
    setState((before) => (before.key === key ? { ...before, isPending: true } : blank(key)));
    ask(gone.signal).then(
      (answer) => {
        if (gone.signal.aborted) return;
        setState((before) => ({
          key,
          data: answer.data ?? (before.key === key ? before.data : undefined),
          problem: answer.problem,
          isPending: false,
        }));
      },
      (error: unknown) => {
        if (!isAbort(error)) throw error;
      },
    );
    return () => {
      gone.abort();
    };
  }, [key, tick, asks]);
  const again = useCallback(() => {
    setAsks((count) => count + 1);
  }, []);
  const shown = state.key === key ? state : blank<T>(key);
  return { data: shown.data, problem: shown.problem, isPending: shown.isPending, again };
}

function blank<T>(key: string): State<T> {
  return { key, data: undefined, problem: undefined, isPending: true };
}
