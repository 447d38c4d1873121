// What could not be read as a call, and what is to become of it.
import { answerOf, api, type Schemas } from '../../api/client.js';
import { useAsk } from '../../api/use-ask.js';
import { reasonText, t } from '../../i18n/i18n.js';
import { route, to } from '../../state/route.js';
import { timeZone } from '../../state/preferences.js';
import { othersOf, receivedBetween } from '../../time/between.js';
import { count } from '../../time/format.js';
import { Head, Id, ShortId, Time } from '../../ui/bits.js';
import { Chip } from '../../ui/chip.js';
import { Choice } from '../../ui/choice.js';
import { Given } from '../../ui/given.js';
import { Opener } from '../../ui/opener.js';
import { PagedTable } from '../../ui/paged-table.js';
import { RangePicker } from '../../ui/range-picker.js';
import type { Column } from '../../ui/table.js';
import { Replay } from './replay.js';
import { StatusMark } from './status-mark.js';

type Entry = Schemas['QuarantineEntry'];

const STATUSES = ['open', 'replayed', 'discarded'] as const;

export function QuarantineView() {
  const { query } = route.value;
  const { deliveryId } = query;
  const asked = useAsk(JSON.stringify([query, timeZone.value]), (signal) => {
    const wanted = { ...receivedBetween(query), ...othersOf(query) };
    return answerOf(api.GET('/v1/quarantine', { params: { query: wanted }, signal }));
  });
  return (
    <>
      <Head title={t('nav.quarantine')}>
        <RangePicker query={query} />
        <Opener text={t('replay.title')}>
          {(close) => (
            <Replay
              wanted={{
                ...receivedBetween(query),
                ...(deliveryId !== undefined && { deliveryId: [deliveryId] }),
              }}
              onClose={(isDone) => {
                close();
                if (isDone) asked.again();
              }}
            />
          )}
        </Opener>
      </Head>
      <p class="quiet">{t('quarantine.what')}</p>
      <div class="choices">
        <Choice
          name="status"
          title={t('quarantine.status')}
          values={STATUSES}
          labelOf={(one) => t(`quarantine.${one}`)}
        />
        {deliveryId !== undefined && (
          <Chip name="deliveryId" title={t('field.deliveryId')} value={deliveryId} />
        )}
      </div>
      <PagedTable
        asked={asked}
        label={t('nav.quarantine')}
        columns={columns()}
        keyOf={({ id }) => id}
        lines={10}
        none={t('quarantine.none')}
      >
        {t('quarantine.none.more')}
      </PagedTable>
    </>
  );
}

function columns(): Column<Entry>[] {
  return [
    {
      title: t('deliveries.receivedAt'),
      cell: ({ id, receivedAt }) => (
        <a href={to(['quarantine', id])}>
          <Time at={receivedAt} />
        </a>
      ),
    },
    { title: t('quarantine.status'), cell: ({ status }) => <StatusMark status={status} /> },
    {
      title: t('quarantine.reason'),
      kind: 'text',
      cell: ({ reason }) => <Given text={reasonText(reason)} />,
    },
    {
      title: t('quarantine.place'),
      cell: ({ place }) => (place === '' ? t('quarantine.whole') : <Id id={place} />),
    },
    { title: t('field.source'), cell: ({ source }) => source },
    {
      title: t('deliveries.records'),
      kind: 'number',
      cell: ({ records }) => (records === null ? '–' : count(records)),
    },
    {
      title: t('field.deliveryId'),
      cell: ({ deliveryId }) => <ShortId id={deliveryId} path={['deliveries', deliveryId]} />,
    },
  ];
}
