// The jobs that erase a number everywhere, and the way to a new one.
import { useEffect, useState } from 'preact/hooks';
import { answerOf, api, type Schemas } from '../../api/client.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { route } from '../../state/route.js';
import { count } from '../../time/format.js';
import { asItStands } from '../../time/between.js';
import { Head, Mark, Time } from '../../ui/bits.js';
import { Given } from '../../ui/given.js';
import { Opener } from '../../ui/opener.js';
import { PagedTable } from '../../ui/paged-table.js';
import type { Column } from '../../ui/table.js';
import { NewErasure } from './new-erasure.js';

type Erasure = Schemas['Erasure'];

/** While a job is under way. */
const LOOKS_EVERY_MS = 2000;

export function ErasuresView() {
  const query = asItStands(route.value.query);
  const [looks, setLooks] = useState(0);
  const asked = useAsk(
    JSON.stringify(query),
    (signal) => answerOf(api.GET('/v1/erasures', { params: { query }, signal })),
    looks,
  );
  const isUnderWay = asked.data?.data.some(({ status }) => status !== 'done') ?? false;
  useEffect(() => {
    if (!isUnderWay) return undefined;
    const timer = setInterval(() => {
      setLooks((count) => count + 1);
    }, LOOKS_EVERY_MS);
    return () => {
      clearInterval(timer);
    };
  }, [isUnderWay]);
  return (
    <>
      <Head title={t('nav.erasures')}>
        <Opener text={t('erasures.make')} isMain>
          {(close) => (
            <NewErasure
              onClose={() => {
                close();
                asked.again();
              }}
            />
          )}
        </Opener>
      </Head>
      <p class="quiet">{t('erasures.what')}</p>
      <PagedTable
        asked={asked}
        label={t('nav.erasures')}
        columns={columns()}
        keyOf={({ id }) => id}
        lines={6}
        none={t('erasures.none')}
      />
    </>
  );
}

function StateMark({ status, problem }: Erasure) {
  if (status === 'done') return <Mark tone="good">{t('erasures.done')}</Mark>;
  return (
    <>
      <Mark tone="warn">{t(status === 'running' ? 'erasures.running' : 'erasures.pending')}</Mark>
      {problem !== null && <span class="small"> {problem}</span>}
    </>
  );
}

function columns(): Column<Erasure>[] {
  return [
    { title: t('erasures.requestedAt'), cell: ({ requestedAt }) => <Time at={requestedAt} /> },
    { title: t('quarantine.status'), cell: (erasure) => <StateMark {...erasure} /> },
    { title: t('erasures.reason'), kind: 'text', cell: ({ reason }) => <Given text={reason} /> },
    { title: t('erasures.calls'), kind: 'number', cell: ({ erased }) => count(erased.calls) },
    { title: t('erasures.revisions'), kind: 'number', cell: ({ erased }) => count(erased.revisions) },
    { title: t('erasures.bodies'), kind: 'number', cell: ({ erased }) => count(erased.bodies) },
    {
      title: t('erasures.entries'),
      kind: 'number',
      cell: ({ erased }) => count(erased.quarantineEntries),
    },
    { title: t('erasures.finishedAt'), cell: ({ finishedAt }) => <Time at={finishedAt} /> },
  ];
}
