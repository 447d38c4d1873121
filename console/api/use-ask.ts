// A question that belongs to a part of the page in, its answer as it stands out.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Asking, type Question } from './asking.js';
import type { Answer, Problem } from './client.js';
import { recoveries } from './live.js';
import { Pace } from './pace.js';

/** Of all that the page asks. */
export const pace = new Pace(() => performance.now());

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
 * @param tick when it changes, it is asked again, after the one that is under way; the answer before stays until then
 */
export function useAsk<T>(
  key: string,
  question: Question<Answer<T>> | undefined,
  tick: unknown = 0,
): Asked<T> {
  const [state, setState] = useState<State<T>>(() => blank(key));
  const latest = useRef(question);
  latest.current = question;
  const asking = useRef<{ readonly tick: unknown; readonly of: Asking<Answer<T>> }>(undefined);
  useEffect(() => {
    const of = new Asking<Answer<T>>(() => latest.current, tellerOf(key, setState), pace);
    asking.current = { tick, of };
    of.ask();
    return () => {
      of.stop();
    };
  }, [key]);
  useEffect(() => {
    // The first question of a key is asked above.
    if (asking.current === undefined || asking.current.tick === tick) return;
    asking.current = { ...asking.current, tick };
    asking.current.of.ask();
  }, [tick]);
  useEffect(() => {
    if (recoveries.value > 0 && state.problem?.status === 0) asking.current?.of.ask();
  }, [recoveries.value]);
  const again = useCallback(() => {
    asking.current?.of.ask();
  }, []);
  const shown = state.key === key ? state : blank<T>(key);
  return { data: shown.data, problem: shown.problem, isPending: shown.isPending, again };
}

function tellerOf<T>(key: string, setState: (change: (before: State<T>) => State<T>) => void) {
  return {
    begun: () => {
      setState((before) => (before.key === key ? { ...before, isPending: true } : blank(key)));
    },
    answered: ({ data, problem }: Answer<T>) => {
      setState((before) => ({
        key,
        data: data ?? (before.key === key ? before.data : undefined),
        problem,
        isPending: false,
      }));
    },
  };
}

function blank<T>(key: string): State<T> {
  return { key, data: undefined, problem: undefined, isPending: true };
}
