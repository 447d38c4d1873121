// What came otherwise than the vendor describes it.
import { answerOf, api, type Schemas } from '../../api/client.js';
import { may } from '../../api/session.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { isAskable } from '../../state/askable.js';
import { route, to } from '../../state/route.js';
import { asItStands } from '../../time/between.js';
import { count } from '../../time/format.js';
import { Head, Id, Mark, ShortId, Time } from '../../ui/bits.js';
import { Chip } from '../../ui/chip.js';
import { Choice } from '../../ui/choice.js';
import { Opener } from '../../ui/opener.js';
import { PagedTable } from '../../ui/paged-table.js';
import type { Column } from '../../ui/table.js';
import { Acknowledge, KINDS } from './acknowledge.js';

type Drift = Schemas['SchemaDrift'];

const STATUSES = ['open', 'acknowledged'] as const;

export function DriftView() {
  const query = asItStands(route.value.query);
  const asked = useAsk(JSON.stringify(query), (signal) =>
    answerOf(api.GET('/v1/schema-drift', { params: { query }, signal })),
  );
  return (
    <>
      <Head title={t('nav.drift')}>
        {may('quarantine:manage') && query['status'] !== 'acknowledged' && (
          <Opener text={t('acknowledge.title')}>
            {(close) => (
              <Acknowledge
                query={query}
                onClose={(isDone) => {
                  close();
                  if (isDone) asked.again();
                }}
              />
            )}
          </Opener>
        )}
      </Head>
      <p class="quiet">{t('drift.what')}</p>
      <div class="choices">
        <Choice name="kind" title={t('drift.kind')} values={KINDS} labelOf={(value) => t(`drift.${value}`)} />
        <Choice
          name="status"
          title={t('quarantine.status')}
          values={STATUSES}
          labelOf={(value) => t(`drift.${value}`)}
        />
        {query['field'] !== undefined && <Chip name="field" title={t('diff.field')} value={query['field']} />}
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

/** Leads to the drift of the field alone, which can be acknowledged together. */
function FieldName({ field }: { field: string }) {
  if (!isAskable(field)) return <Id id={field} isWhole />;
  return (
    <a href={to(['drift'], { ...route.value.query, field, cursor: undefined })}>
      <Id id={field} isWhole />
    </a>
  );
}

/** What the vendor documents instead of what came. */
function expectedText({ kind, expected }: Drift) {
  if (kind === 'unlistedCode') return t('drift.expected.code');
  return expected === null ? t('drift.expected.nothing') : <Id id={expected} isWhole />;
}

function kindText(kind: string): string {
  const known = KINDS.find((other) => other === kind);
  return known === undefined ? kind : t(`drift.${known}`);
}

function columns(): Column<Drift>[] {
  return [
    { title: t('drift.kind'), cell: ({ kind }) => <Mark tone="plain">{kindText(kind)}</Mark> },
    {
      title: t('quarantine.status'),
      cell: ({ acknowledgedAt: at }) => (
        <Mark tone={at === null ? 'warn' : 'plain'}>
          {t(at === null ? 'drift.open' : 'drift.acknowledged')}
        </Mark>
      ),
    },
    { title: t('diff.field'), cell: ({ field }) => <FieldName field={field} /> },
    { title: t('drift.value'), cell: ({ value }) => <Id id={value} isWhole /> },
    { title: t('drift.expected'), cell: (drift) => expectedText(drift) },
    { title: t('drift.count'), kind: 'number', cell: ({ count: records }) => count(records) },
    { title: t('drift.first'), cell: ({ firstSeenAt }) => <Time at={firstSeenAt} /> },
    { title: t('drift.last'), cell: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
    {
      title: t('drift.sample'),
      cell: ({ sampleDeliveryId: id }) => <ShortId id={id} path={['deliveries', id]} />,
    },
  ];
}
