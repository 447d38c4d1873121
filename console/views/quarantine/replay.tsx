// The count first: what a replay would do is shown before it is done.
import { useEffect, useState } from 'preact/hooks';
import { answerOf, api, type Schemas } from '../../api/client.js';
import { useSend } from '../../api/use-send.js';
import { t } from '../../i18n/i18n.js';
import { count } from '../../time/format.js';
import { Facts } from '../../ui/bits.js';
import { Dialog } from '../../ui/dialog.js';
import { Loading, ProblemNote } from '../../ui/states.js';

type Result = Schemas['ReplayResult'];
type Wanted = Omit<Schemas['ReplayRequest'], 'dryRun' | 'limit' | 'cursor'>;

/** Looked at by one question; those behind them by the next. */
const MOST = 1000;

interface ReplayProps {
  /** Which entries; a span that ends now means that of the opening, for the count and for the replay. */
  readonly wanted: Wanted;
  /** @param isDone whether anything may have changed */
  readonly onClose: (isDone: boolean) => void;
}

interface Place {
  /** Behind which entries it goes on; undefined: it begins. */
  readonly cursor?: string;
  /** How many those are. */
  readonly examined: number;
}

export function Replay({ wanted, onClose }: ReplayProps) {
  const [ofOpening] = useState(wanted);
  const [place, setPlace] = useState<Place>({ examined: 0 });
  const [result, setResult] = useState<Result>();
  const [isDone, setDone] = useState(false);
  const { send, isPending, problem } = useSend<Result>(setResult);
  const ask = (dryRun = true) => {
    const { cursor } = place;
    const body = {
      status: 'open' as const,
      ...ofOpening,
      dryRun,
      limit: MOST,
      ...(cursor !== undefined && { cursor }),
    };
    send(() => answerOf(api.POST('/v1/quarantine/replay', { body })));
  };
  useEffect(() => {
    ask();
  }, [place]);
  const goOn = ({ nextCursor, examined }: Result) => {
    setResult(undefined);
    setPlace({ examined: place.examined + examined, ...(nextCursor !== null && { cursor: nextCursor }) });
  };
  const replay = () => {
    // Even an answer that gets lost may have changed something.
    setDone(true);
    ask(false);
  };
  return (
    <Dialog
      title={t('replay.title')}
      isHeld={isPending && isDone}
      onClose={() => {
        onClose(isDone);
      }}
    >
      <p>{t('replay.what')}</p>
      {place.examined > 0 && <p class="quiet">{t('replay.before', { n: count(place.examined) })}</p>}
      {problem !== undefined && (
        <ProblemNote
          problem={problem}
          {...(result === undefined && {
            again: () => {
              ask();
            },
          })}
        />
      )}
      {isPending && <Loading lines={3} />}
      {!isPending && result !== undefined && <Counted result={result} onReplay={replay} onNext={goOn} />}
    </Dialog>
  );
}

interface CountedProps {
  readonly result: Result;
  readonly onReplay: () => void;
  readonly onNext: (result: Result) => void;
}

/** What would happen, or what did; and what can be done next. */
function Counted({ result, onReplay, onNext }: CountedProps) {
  const { dryRun, replayed, nextCursor } = result;
  return (
    <>
      <div role="status">
        <p>
          <strong>{t(dryRun ? 'replay.would' : 'replay.did')}</strong>
        </p>
        <Counts result={result} />
      </div>
      <div class="actions">
        {dryRun && (
          <button type="button" class="button button-main" disabled={replayed === 0} onClick={onReplay}>
            {t('replay.do', { n: count(replayed) })}
          </button>
        )}
        {nextCursor !== null && (
          <button
            type="button"
            class="button"
            onClick={() => {
              onNext(result);
            }}
          >
            {t('replay.next')}
          </button>
        )}
      </div>
    </>
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
