// The pushes that were acknowledged, and what each did.
import { answerOf, api, type Schemas } from '../../api/client.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { route } from '../../state/route.js';
import { timeZone } from '../../state/preferences.js';
import { othersOf, receivedBetween } from '../../time/between.js';
import { bytes, count } from '../../time/format.js';
import { Head, Mark, ShortId, Time } from '../../ui/bits.js';
import { Choice, YES_NO, yesNo } from '../../ui/choice.js';
import { PagedTable } from '../../ui/paged-table.js';
import { RangePicker } from '../../ui/range-picker.js';
import type { Column } from '../../ui/table.js';
import { WayMark } from './way-mark.js';

type Delivery = Schemas['Delivery'];

const WAYS = ['direct', 'journal', 'replay', 'erasure', 'pull', 'recording'] as const;

export function DeliveriesView() {
  const { query } = route.value;
  const asked = useAsk(JSON.stringify([query, timeZone.value]), (signal) => {
    const wanted = { ...receivedBetween(query), ...othersOf(query) };
    return answerOf(api.GET('/v1/deliveries', { params: { query: wanted }, signal }));
  });
  return (
    <>
      <Head title={t('nav.deliveries')}>
        <RangePicker query={query} />
      </Head>
      <div class="choices">
        <Choice name="via" title={t('deliveries.via')} values={WAYS} labelOf={(way) => t(`way.${way}`)} />
        <Choice name="redelivered" title={t('deliveries.redelivered')} values={YES_NO} labelOf={yesNo} />
        <Choice
          name="hasQuarantined"
          title={t('deliveries.hasQuarantined')}
          values={YES_NO}
          labelOf={yesNo}
        />
      </div>
      <PagedTable
        asked={asked}
        label={t('nav.deliveries')}
        columns={columns()}
        keyOf={({ id }) => id}
        lines={12}
        none={t('deliveries.none')}
      >
        {t('deliveries.none.more')}
      </PagedTable>
    </>
  );
}

/** What there is none of stands back. */
function some(value: number) {
  return value === 0 ? <span class="quiet">0</span> : count(value);
}

function columns(): Column<Delivery>[] {
  return [
    { title: t('deliveries.receivedAt'), cell: ({ receivedAt }) => <Time at={receivedAt} /> },
    { title: t('field.deliveryId'), cell: ({ id }) => <ShortId id={id} path={['deliveries', id]} /> },
    { title: t('deliveries.via'), cell: (delivery) => <WayMark delivery={delivery} /> },
    { title: t('deliveries.records'), kind: 'number', cell: ({ records }) => count(records) },
    { title: t('deliveries.stored'), kind: 'number', cell: ({ stored }) => some(stored) },
    { title: t('deliveries.corrected'), kind: 'number', cell: ({ corrected }) => some(corrected) },
    { title: t('deliveries.duplicate'), kind: 'number', cell: ({ duplicate }) => some(duplicate) },
    {
      title: t('deliveries.quarantined'),
      kind: 'number',
      cell: ({ quarantined }) =>
        quarantined === 0 ? some(0) : <Mark tone="warn">{count(quarantined)}</Mark>,
    },
    {
      title: t('deliveries.ackMs'),
      kind: 'number',
      cell: ({ ackMs }) => `${count(Math.round(ackMs))} ms`,
    },
    { title: t('deliveries.bytes'), kind: 'number', cell: ({ bytes: size }) => bytes(size) },
    { title: t('field.source'), cell: ({ source }) => source },
  ];
}
