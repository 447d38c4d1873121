// What could not be read as a call, and what is to become of it.
import { useState } from 'preact/hooks';
import { answerOf, api, type Schemas } from '../../api/client.js';
import { useAsk } from '../../api/use-ask.js';
import { reasonText, t } from '../../i18n/i18n.js';
import { type Query, route, to } from '../../state/route.js';
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
import { DiscardMany } from './discard-many.js';
import { Groups } from './groups.js';
import { Replay } from './replay.js';
import { StatusMark } from './status-mark.js';

type Entry = Schemas['QuarantineEntry'];

const TITLES = {
  reason: 'quarantine.reason',
  source: 'field.source',
  deliveryId: 'field.deliveryId',
} as const;
/** Of one cause or page, the causes would only be in the way. */
const CAUSES = ['reason', 'deliveryId', 'cursor'] as const;
const STATUSES = ['open', 'replayed', 'discarded'] as const;

/** The filters that a replay and a discard take, too. */
function wantedIn(query: Query) {
  const { deliveryId, source, reason } = query;
  return {
    ...receivedBetween(query),
    ...(deliveryId !== undefined && { deliveryId: [deliveryId] }),
    ...(source !== undefined && { source: [source] }),
    ...(reason !== undefined && { reason }),
  };
}

export function QuarantineView() {
  const { query } = route.value;
  const [version, setVersion] = useState(0);
  const asked = useAsk(JSON.stringify([query, timeZone.value]), (signal) => {
    const wanted = { ...receivedBetween(query), ...othersOf(query) };
    return answerOf(api.GET('/v1/quarantine', { params: { query: wanted }, signal }));
  });
  const closing = (close: () => void) => (isDone: boolean) => {
    close();
    if (!isDone) return;
    setVersion(version + 1);
    asked.again();
  };
  const isOfOpen = query['status'] === undefined || query['status'] === 'open';
  return (
    <>
      <Head title={t('nav.quarantine')}>
        <RangePicker query={query} />
        <Opener text={t('replay.title')}>
          {(close) => <Replay wanted={wantedIn(query)} onClose={closing(close)} />}
        </Opener>
        {isOfOpen && (
          <Opener text={t('discard.title')}>
            {(close) => <DiscardMany wanted={wantedIn(query)} onClose={closing(close)} />}
          </Opener>
        )}
      </Head>
      <p class="quiet">{t('quarantine.what')}</p>
      <div class="choices">
        <Choice
          name="status"
          title={t('quarantine.status')}
          values={STATUSES}
          labelOf={(one) => t(`quarantine.${one}`)}
        />
        {(['reason', 'source', 'deliveryId'] as const).map((name) => {
          const value = query[name];
          const shown = value !== undefined && name === 'reason' ? reasonText(value) : value;
          return shown === undefined ? null : (
            <Chip key={name} name={name} title={t(TITLES[name])} value={shown} />
          );
        })}
      </div>
      {CAUSES.every((name) => query[name] === undefined) && <Groups version={String(version)} />}
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
