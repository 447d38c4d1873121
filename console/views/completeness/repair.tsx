// The count first: what a repair would do is shown before it is done.
import { useEffect, useState } from 'preact/hooks';
import { answerOf, api, type Schemas } from '../../api/client.js';
import { useSend } from '../../api/use-send.js';
import { t } from '../../i18n/i18n.js';
import { count } from '../../time/format.js';
import { Facts } from '../../ui/bits.js';
import { Dialog } from '../../ui/dialog.js';
import { Loading, ProblemNote } from '../../ui/states.js';
import { type Run, useRun } from './use-run.js';

interface RepairProps {
  /** Only this campaign; undefined: all. */
  readonly taskId?: string;
  readonly onClose: () => void;
}

export function Repair({ taskId, onClose }: RepairProps) {
  const [isAsked, setAsked] = useState(false);
  const { run, isRunning, problem: lost, follow } = useRun('repairs', () => undefined);
  const { send, isPending, problem: refused } = useSend<Schemas['AcceptedRun']>(follow);
  const problem = refused ?? lost;
  const ask = (dryRun: boolean) => {
    const body = { dryRun, ...(taskId !== undefined && { taskId }) };
    send(() => answerOf(api.POST('/v1/completeness/repairs', { body })));
  };
  useEffect(() => {
    ask(true);
  }, []);
  const isBusy = isPending || isRunning;
  return (
    <Dialog title={t('completeness.repair')} onClose={onClose} isHeld={isPending && isAsked}>
      <p>{t('repair.what')}</p>
      {problem !== undefined && <ProblemNote problem={problem} />}
      {isBusy && run === undefined && <Loading lines={3} />}
      {run !== undefined && (
        <Counted
          run={run}
          isBusy={isBusy}
          onRepair={() => {
            setAsked(true);
            ask(false);
          }}
        />
      )}
    </Dialog>
  );
}

interface CountedProps {
  readonly run: Run;
  readonly isBusy: boolean;
  readonly onRepair: () => void;
}

/** What would happen, happens or did; and what can be done next. */
function Counted({ run, isBusy, onRepair }: CountedProps) {
  const { dryRun = true, repairable = 0, examined = 0, repaired = 0, unrepairable = 0, problem } = run;
  return (
    <>
      <div role="status">
        <p>
          <strong>{t(isBusy ? 'repair.running' : dryRun ? 'repair.would' : 'repair.did')}</strong>
        </p>
        {problem !== null && <p class="note note-away">{problem}</p>}
        <Facts
          facts={[
            [t('repair.examined'), count(examined)],
            [t('repair.repairable'), count(repairable)],
            ...(dryRun ? [] : [[t('repair.repaired'), count(repaired)] as const]),
            [t('repair.unrepairable'), count(unrepairable)],
          ]}
        />
      </div>
      {dryRun && (
        <div class="actions">
          <button
            type="button"
            class="button button-main"
            disabled={isBusy || repairable === 0}
            onClick={onRepair}
          >
            {t('repair.do', { n: count(repairable) })}
          </button>
        </div>
      )}
    </>
  );
}
