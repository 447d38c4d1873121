// Something that changes the ledger in, done once however often the button is pressed, and how it goes out.
import { useRef, useState } from 'preact/hooks';
import type { Answer, Problem } from './client.js';

export interface Sending<T> {
  /** Does nothing while an answer is waited for. */
  readonly send: (request: () => Promise<Answer<T>>) => void;
  readonly isPending: boolean;
  /** What went wrong the last time. */
  readonly problem: Problem | undefined;
}

/** @param onDone is given what a request that went well was answered */
export function useSend<T>(onDone: (data: T | undefined) => void): Sending<T> {
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  // A second click may come before the page is drawn anew.
  const isBusy = useRef(false);
  const run = async (request: () => Promise<Answer<T>>) => {
    isBusy.current = true;
    setPending(true);
    setProblem(undefined);
    const answer = await request();
    isBusy.current = false;
    setPending(false);
    setProblem(answer.problem);
    if (answer.problem === undefined) onDone(answer.data);
  };
  const send = (request: () => Promise<Answer<T>>) => {
    if (!isBusy.current) void run(request);
  };
  return { send, isPending, problem };
}
