// Each campaign's calls by the vendor's count and by the ledger's, and the way to get what is missing.
import { answerOf, api, type Schemas } from '../../api/client.js';
import { useTaskNames } from '../../api/names.js';
import { may } from '../../api/session.js';
import { useAsk } from '../../api/use-ask.js';
import { useSend } from '../../api/use-send.js';
import { t } from '../../i18n/i18n.js';
import { route } from '../../state/route.js';
import { asItStands } from '../../time/between.js';
import { count } from '../../time/format.js';
import { Head, Time } from '../../ui/bits.js';
import { Choice } from '../../ui/choice.js';
import { Given } from '../../ui/given.js';
import { Named } from '../../ui/named.js';
import { Opener } from '../../ui/opener.js';
import { PagedTable } from '../../ui/paged-table.js';
import { ProblemNote } from '../../ui/states.js';
import type { Column } from '../../ui/table.js';
import { Repair } from './repair.js';
import { type Run, useRun } from './use-run.js';
import { VERDICTS, VerdictMark } from './verdict-mark.js';

type Task = Schemas['TaskCompleteness'];

export function CompletenessView() {
  const query = asItStands(route.value.query);
  const asked = useAsk(JSON.stringify(query), (signal) =>
    answerOf(api.GET('/v1/completeness', { params: { query }, signal })),
  );
  const names = useTaskNames(asked.data?.data.map(({ taskId }) => taskId));
  return (
    <>
      <Head title={t('nav.completeness')}>
        {may('completeness:manage') && (
          <>
            <Check onDone={asked.again} />
            <Opener text={t('completeness.repair')} isMain>
              {(close) => (
                <Repair
                  onClose={() => {
                    close();
                    asked.again();
                  }}
                />
              )}
            </Opener>
          </>
        )}
      </Head>
      <p class="quiet">{t('completeness.what')}</p>
      <div class="choices">
        <Choice
          name="verdict"
          title={t('completeness.verdict')}
          values={VERDICTS}
          labelOf={(verdict) => t(`verdict.${verdict}`)}
        />
      </div>
      <PagedTable
        asked={asked}
        label={t('nav.completeness')}
        columns={columns(names)}
        keyOf={({ taskId }) => taskId}
        lines={8}
        none={t('completeness.none')}
      >
        {t('completeness.none.more')}
      </PagedTable>
    </>
  );
}

/** Starts a check of all campaigns, and waits for its end. */
function Check({ onDone }: { onDone: () => void }) {
  const { run, isRunning, problem: lost, follow } = useRun('checks', onDone);
  const { send, isPending, problem: refused } = useSend<Schemas['AcceptedRun']>(follow);
  const problem = refused ?? lost;
  const isBusy = isPending || isRunning;
  return (
    <>
      <button
        type="button"
        class="button"
        disabled={isBusy}
        onClick={() => {
          send(() => answerOf(api.POST('/v1/completeness/checks', { body: {} })));
        }}
      >
        {isBusy ? progressText(run) : t('completeness.check')}
      </button>
      {problem !== undefined && <ProblemNote problem={problem} />}
    </>
  );
}

function progressText(run: Run | undefined): string {
  if (run?.tasks == null) return t('completeness.checking');
  return t('completeness.progress', { done: count(run.tasksDone), n: count(run.tasks) });
}

function some(value: number | null) {
  return value === null ? '–' : count(value);
}

function columns(names: ReadonlyMap<string, string>): Column<Task>[] {
  return [
    {
      title: t('field.taskId'),
      cell: ({ taskId }) => (
        <Named name={names.get(taskId) ?? null} id={taskId} path={['completeness', taskId]} />
      ),
    },
    { title: t('completeness.verdict'), cell: ({ verdict }) => <VerdictMark verdict={verdict} /> },
    { title: t('completeness.vendor'), kind: 'number', cell: ({ vendorCalls }) => some(vendorCalls) },
    { title: t('completeness.ours'), kind: 'number', cell: ({ ledgerCalls }) => count(ledgerCalls) },
    { title: t('completeness.missing'), kind: 'number', cell: ({ missing }) => count(missing) },
    { title: t('completeness.checkedAt'), cell: ({ checkedAt }) => <Time at={checkedAt} /> },
    { title: t('completeness.reason'), kind: 'text', cell: ({ reason }) => <Given text={reason} /> },
  ];
}
