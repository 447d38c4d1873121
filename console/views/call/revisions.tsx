import { useState } from 'preact/hooks';
import { answerOf, api, type Schemas } from '../../api/client.js';
import { may } from '../../api/session.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { dateTime } from '../../time/format.js';
import { Id, Mark, Panel, ShortId, Time } from '../../ui/bits.js';
import { Given } from '../../ui/given.js';
import { Shown } from '../../ui/states.js';

type Revision = Schemas['CallRevision'];

/** Shown at first: a call that was corrected more often has a page that ends. */
const FEW = 5;

/** Every content of a call, its note and its recording, with what each changed. */
export function Revisions({ callId }: { callId: string }) {
  const params = { path: { callId }, query: { limit: 100 } };
  const asked = useAsk(callId, (signal) =>
    answerOf(api.GET('/v1/calls/{callId}/history', { params, signal })),
  );
  return (
    <Panel title={t('call.history')}>
      <Shown asked={asked} lines={3}>
        {({ data, page }) => <RevisionList revisions={data} isCut={page.nextCursor !== null} />}
      </Shown>
    </Panel>
  );
}

interface RevisionListProps {
  readonly revisions: readonly Revision[];
  /** Whether there are older ones that were not asked for. */
  readonly isCut: boolean;
}

/** The newest few; the others when somebody wants them. */
function RevisionList({ revisions, isCut }: RevisionListProps) {
  const [isAll, setAll] = useState(false);
  const shown = isAll ? revisions : revisions.slice(0, FEW);
  return (
    <>
      <ol class="history">
        {shown.map((revision, index) => (
          // A delivery may hold a call twice; the order stays.
          <RevisionItem key={index} revision={revision} />
        ))}
      </ol>
      {isCut && shown.length === revisions.length && <p class="quiet">{t('call.history.more')}</p>}
      {revisions.length > FEW && (
        <button
          type="button"
          class="button button-small history-all"
          aria-expanded={isAll}
          onClick={() => {
            setAll(!isAll);
          }}
        >
          {isAll ? t('call.history.few', { n: FEW }) : t('call.history.all', { n: revisions.length })}
        </button>
      )}
    </>
  );
}

function RevisionItem({
  revision: { message, revision, current, receivedAt, deliveryId, changes },
}: {
  revision: Revision;
}) {
  return (
    <li>
      <p class="history-head">
        <Mark tone="plain">{t(`call.message.${message}`)}</Mark>
        <strong>{revision === null ? t('call.late') : t('call.revision', { n: revision })}</strong>
        {current && <Mark tone="good">{t('call.current')}</Mark>}
        <Time at={receivedAt} />
        {may('deliveries:read') && <ShortId id={deliveryId} path={['deliveries', deliveryId]} />}
      </p>
      {changes === null ? (
        <p class="quiet small">{t(revision === 1 ? 'call.firstContent' : 'call.noChanges')}</p>
      ) : (
        <table class="table diff">
          <thead>
            <tr>
              <th scope="col">{t('diff.field')}</th>
              <th scope="col">{t('diff.before')}</th>
              <th scope="col">{t('diff.after')}</th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ field, before, after }) => (
              <tr key={field}>
                <th scope="row">
                  <Id id={field} />
                </th>
                <td>
                  <del>
                    <Given text={valueText(field, before)} />
                  </del>
                </td>
                <td>
                  <ins>
                    <Given text={valueText(field, after)} />
                  </ins>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </li>
  );
}

/** Times as everywhere here: in the person's zone. */
function valueText(field: string, value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'string' && isTime(field, value)) return dateTime(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isTime(field: string, value: string): boolean {
  return field.endsWith('Time') && !Number.isNaN(Date.parse(value));
}
