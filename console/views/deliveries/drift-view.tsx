// What came otherwise than the vendor describes it.
import { answerOf, api, type Schemas } from '../../api/client.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { route } from '../../state/route.js';
import { asItStands } from '../../time/between.js';
import { count } from '../../time/format.js';
import { Head, Id, Mark, ShortId, Time } from '../../ui/bits.js';
import { Choice } from '../../ui/choice.js';
import { PagedTable } from '../../ui/paged-table.js';
import type { Column } from '../../ui/table.js';

type Drift = Schemas['SchemaDrift'];

const KINDS = ['unknownField', 'unlistedCode', 'otherType', 'unreadableField'] as const;

export function DriftView() {
  const query = asItStands(route.value.query);
  const asked = useAsk(JSON.stringify(query), (signal) =>
    answerOf(api.GET('/v1/schema-drift', { params: { query }, signal })),
  );
  return (
    <>
      <Head title={t('nav.drift')} />
      <p class="quiet">{t('drift.what')}</p>
      <div class="choices">
        <Choice name="kind" title={t('drift.kind')} values={KINDS} labelOf={(value) => t(`drift.${value}`)} />
      </div>
      <PagedTable
        asked={asked}
        label={t('nav.drift')}
        columns={columns()}
        keyOf={({ kind, field, value }) => `${kind} ${field} ${value ?? ''}`}
        lines={8}
        none={t('drift.none')}
      >
        {t('drift.none.more')}
      </PagedTable>
    </>
  );
}

function kindText(kind: string): string {
  const known = KINDS.find((other) => other === kind);
  return known === undefined ? kind : t(`drift.${known}`);
}

function columns(): Column<Drift>[] {
  return [
    { title: t('drift.kind'), cell: ({ kind }) => <Mark tone="plain">{kindText(kind)}</Mark> },
    { title: t('diff.field'), cell: ({ field }) => <Id id={field} isWhole /> },
    { title: t('drift.value'), cell: ({ value }) => <Id id={value} isWhole /> },
    { title: t('drift.count'), kind: 'number', cell: ({ count: records }) => count(records) },
    { title: t('drift.first'), cell: ({ firstSeenAt }) => <Time at={firstSeenAt} /> },
    { title: t('drift.last'), cell: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
    {
      title: t('drift.sample'),
      cell: ({ sampleDeliveryId: id }) => <ShortId id={id} path={['deliveries', id]} />,
    },
  ];
}
