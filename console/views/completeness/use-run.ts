// Follows a check or a repair until it has ended.
import { useEffect, useState } from 'preact/hooks';
import { answerOf, api, type Answer, type Problem, type Schemas } from '../../api/client.js';
import { useAsk } from '../../api/use-ask.js';

/** What checks and repairs have in common, and the counts of a repair. */
export type Run = Schemas['CompletenessCheck'] & Partial<Schemas['CompletenessRepair']>;

const LOOKS_EVERY_MS = 1000;

interface Followed {
  /** As it was when it was last looked at. */
  readonly run: Run | undefined;
  readonly isRunning: boolean;
  readonly problem: Problem | undefined;
  readonly follow: (accepted: { readonly id: string } | undefined) => void;
}

/** @param onEnd is called once for each run that has ended */
export function useRun(kind: 'checks' | 'repairs', onEnd: () => void): Followed {
  const [id, setId] = useState<string>();
  const [looks, setLooks] = useState(0);
  const asked = useAsk(id ?? '', id === undefined ? undefined : (signal) => runOf(kind, id, signal), looks);
  const run = id === undefined ? undefined : asked.data;
  const isRunning = id !== undefined && run?.status !== 'done' && run?.status !== 'failed';
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => {
      setLooks((before) => before + 1);
    }, LOOKS_EVERY_MS);
    return () => {
      clearInterval(timer);
    };
  }, [isRunning]);
  const hasEnded = id !== undefined && !isRunning;
  useEffect(() => {
    if (hasEnded) onEnd();
  }, [hasEnded, id]);
  return {
    run,
    isRunning,
    problem: asked.problem,
    follow: (accepted) => {
      setId(accepted?.id);
    },
  };
}

function runOf(kind: 'checks' | 'repairs', id: string, signal: AbortSignal): Promise<Answer<Run>> {
  const params = { path: { id } };
  return kind === 'checks'
    ? answerOf(api.GET('/v1/completeness/checks/{id}', { params, signal }))
    : answerOf(api.GET('/v1/completeness/repairs/{id}', { params, signal }));
}
