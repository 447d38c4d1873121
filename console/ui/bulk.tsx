// Something that is done to many entries at once. The count first: what it would do is shown before it is done.
import { useEffect, useState } from 'preact/hooks';
import type { Answer } from '../api/client.js';
import { useSend } from '../api/use-send.js';
import { t } from '../i18n/i18n.js';
import { count } from '../time/format.js';
import { Facts } from './bits.js';
import { Dialog } from './dialog.js';
import { Loading, ProblemNote } from './states.js';

/** What a request did, or would do. */
interface Result {
  readonly dryRun: boolean;
  readonly n: number;
}

interface BulkProps {
  readonly title: string;
  /** What it does. */
  readonly what: string;
  /** What the number counts. */
  readonly counted: string;
  /** On the button; `{n}` is how many. */
  readonly action: (n: string) => string;
  readonly ask: (dryRun: boolean) => Promise<Answer<Result>>;
  /** @param isDone whether anything may have changed */
  readonly onClose: (isDone: boolean) => void;
}

export function Bulk({ title, what, counted, action, ask, onClose }: BulkProps) {
  const [result, setResult] = useState<Result>();
  const [isDone, setDone] = useState(false);
  const { send, isPending, problem } = useSend<Result>(setResult);
  const start = () => {
    send(() => ask(true));
  };
  useEffect(start, []);
  return (
    <Dialog
      title={title}
      isHeld={isPending && isDone}
      onClose={() => {
        onClose(isDone);
      }}
    >
      <p>{what}</p>
      {problem !== undefined && (
        <ProblemNote problem={problem} {...(result === undefined && { again: start })} />
      )}
      {isPending && <Loading lines={2} />}
      {!isPending && result !== undefined && (
        <>
          <div role="status">
            <p>
              <strong>{t(result.dryRun ? 'replay.would' : 'replay.did')}</strong>
            </p>
            <Facts facts={[[counted, count(result.n)]]} />
          </div>
          {result.dryRun && (
            <div class="actions">
              <button
                type="button"
                class="button button-main"
                disabled={result.n === 0}
                onClick={() => {
                  // Even an answer that gets lost may have changed something.
                  setDone(true);
                  send(() => ask(false));
                }}
              >
                {action(count(result.n))}
              </button>
            </div>
          )}
        </>
      )}
    </Dialog>
  );
}

/** What an answer says, with how many entries it is of. */
export async function resultOf<T extends { readonly dryRun: boolean }>(
  asked: Promise<Answer<T>>,
  n: (answer: T) => number,
): Promise<Answer<Result>> {
  const { data, problem } = await asked;
  return problem === undefined ? { data: { dryRun: data.dryRun, n: n(data) } } : { problem };
}
