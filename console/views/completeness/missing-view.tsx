// The calls of a campaign that the vendor lists and the ledger lacks, or lacked before a repair.
import { answerOf, api, type Schemas } from '../../api/client.js';
import { useTaskName } from '../../api/names.js';
import { may } from '../../api/session.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { route } from '../../state/route.js';
import { asItStands } from '../../time/between.js';
import { Head, Id, Mark, Time } from '../../ui/bits.js';
import { Choice } from '../../ui/choice.js';
import { Given } from '../../ui/given.js';
import { Opener } from '../../ui/opener.js';
import { PagedTable } from '../../ui/paged-table.js';
import { Title } from '../campaigns/title.js';
import type { Column } from '../../ui/table.js';
import { Repair } from './repair.js';

type Entry = Schemas['MissingEntry'];

const STATES = ['missing', 'repaired', 'unrepairable'] as const;
const TONES = { missing: 'bad', repaired: 'good', unrepairable: 'warn' } as const;

export function MissingView({ taskId }: { taskId: string }) {
  const query = asItStands(route.value.query);
  const path = { taskId };
  const asked = useAsk(JSON.stringify([taskId, query]), (signal) =>
    answerOf(api.GET('/v1/completeness/{taskId}/missing', { params: { path, query }, signal })),
  );
  return (
    <>
      <Head
        title={<Title taskId={taskId} name={useTaskName(taskId)} />}
        parent={{ title: t('nav.completeness'), path: ['completeness'] }}
      >
        {may('completeness:manage') && (
          <Opener text={t('completeness.repair')} isMain>
            {(close) => (
              <Repair
                taskId={taskId}
                onClose={() => {
                  close();
                  asked.again();
                }}
              />
            )}
          </Opener>
        )}
      </Head>
      <p class="quiet">{t('missing.what')}</p>
      <div class="choices">
        <Choice
          name="state"
          title={t('missing.state')}
          values={STATES}
          labelOf={(state) => t(`missing.${state}`)}
        />
      </div>
      <PagedTable
        asked={asked}
        label={t('missing.title')}
        columns={columns()}
        keyOf={({ detailId }) => detailId}
        lines={8}
        none={t('missing.none')}
      />
    </>
  );
}

function StateMark({ state }: { state: string }) {
  const known = STATES.find((each) => each === state);
  if (known === undefined) return <Mark tone="plain">{state}</Mark>;
  return <Mark tone={TONES[known]}>{t(`missing.${known}`)}</Mark>;
}

function columns(): Column<Entry>[] {
  return [
    { title: t('field.detailId'), cell: ({ detailId }) => <Id id={detailId} /> },
    {
      title: t('field.callId'),
      cell: ({ callId, state }) =>
        state === 'repaired' && callId !== null ? (
          <Id id={callId} path={['calls', callId]} />
        ) : (
          <Id id={callId} />
        ),
    },
    { title: t('field.outId'), cell: ({ outId }) => <Id id={outId} /> },
    { title: t('missing.callingTime'), cell: ({ callingTime }) => <Time at={callingTime} /> },
    { title: t('missing.state'), cell: ({ state }) => <StateMark state={state} /> },
    { title: t('completeness.reason'), kind: 'text', cell: ({ reason }) => <Given text={reason ?? '–'} /> },
  ];
}
