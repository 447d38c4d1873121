// The count first: what a replay would do is shown before it is done.
import { useEffect, useState } from 'preact/hooks';
import { answerOf, api, type Problem, type Schemas } from '../../api/client.js';
import { t } from '../../i18n/i18n.js';
import { count } from '../../time/format.js';
import { Facts } from '../../ui/bits.js';
import { Dialog } from '../../ui/dialog.js';
import { Loading, ProblemNote } from '../../ui/states.js';

type Result = Schemas['ReplayResult'];
type Wanted = Omit<Schemas['ReplayRequest'], 'dryRun' | 'limit' | 'cursor'>;

/** Of one replay; more are looked at by another one. */
const MOST = 1000;

interface ReplayProps {
  readonly wanted: Wanted;
  /** @param isDone whether anything may have changed */
  readonly onClose: (isDone: boolean) => void;
}

export function Replay({ wanted, onClose }: ReplayProps) {
  const [counted, setCounted] = useState<Result>();
  const [done, setDone] = useState<Result>();
  const [problem, setProblem] = useState<Problem>();
  const [isPending, setPending] = useState(true);
  const ask = async (dryRun: boolean) => {
    setPending(true);
    const body = { ...wanted, dryRun, limit: MOST };
    const answer = await answerOf(api.POST('/v1/quarantine/replay', { body }));
    setProblem(answer.problem);
    if (answer.data !== undefined) (dryRun ? setCounted : setDone)(answer.data);
    setPending(false);
  };
  useEffect(() => {
    void ask(true);
  }, []);
  const result = done ?? counted;
  return (
    <Dialog
      title={t('replay.title')}
      onClose={() => {
        onClose(done !== undefined);
      }}
    >
      <p>{t('replay.what')}</p>
      {problem !== undefined && <ProblemNote problem={problem} />}
      {isPending && <Loading lines={3} />}
      {!isPending && result !== undefined && (
        <div role="status">
          <p>
            <strong>{t(done === undefined ? 'replay.would' : 'replay.did')}</strong>
          </p>
          <Counts result={result} />
        </div>
      )}
      {!isPending && done === undefined && counted !== undefined && (
        <div class="actions">
          <button
            type="button"
            class="button button-main"
            disabled={counted.replayed === 0}
            onClick={() => void ask(false)}
          >
            {t('replay.do', { n: count(counted.replayed) })}
          </button>
        </div>
      )}
    </Dialog>
  );
}

function Counts({ result }: { result: Result }) {
  return (
    <>
      <Facts
        facts={[
          [t('replay.examined'), count(result.examined)],
          [t('replay.replayed'), count(result.replayed)],
          [t('replay.calls'), count(result.calls)],
          [t('replay.unreadable'), count(result.unreadable)],
          [t('replay.refused'), count(result.refused)],
        ]}
      />
      {result.nextCursor !== null && <p class="quiet small">{t('replay.more', { n: count(MOST) })}</p>}
    </>
  );
}
