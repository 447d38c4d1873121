// All that the ledger knows of one call.
import { answerOf, api, type Schemas } from '../../api/client.js';
import { carrierLabel, resultLabel, useCodes } from '../../api/results.js';
import { may } from '../../api/session.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { isAskable } from '../../state/askable.js';
import { to } from '../../state/route.js';
import { memberText } from '../../text/record-places.js';
import { date, length } from '../../time/format.js';
import { Facts, Head, Id, Mark, Panel, Time } from '../../ui/bits.js';
import { Copy } from '../../ui/copy.js';
import { Given } from '../../ui/given.js';
import { JsonText } from '../../ui/json.js';
import { Shown } from '../../ui/states.js';
import { RawRecord } from './raw-record.js';
import { Revisions } from './revisions.js';
import { Timeline } from './timeline.js';

type Call = Schemas['Call'];

export function CallView({ callId }: { callId: string }) {
  const path = { callId };
  const asked = useAsk(callId, (signal) =>
    answerOf(api.GET('/v1/calls/{callId}', { params: { path }, signal, parseAs: 'text' })),
  );
  return (
    <>
      <Head title={<Id id={callId} />} parent={{ title: t('nav.calls'), path: ['calls'] }}>
        <Copy text={callId} label={t('call.copyId')} />
      </Head>
      <Shown asked={asked} lines={12}>
        {(text) => <CallParts call={JSON.parse(text) as Call} extra={memberText(text, 'extra')} />}
      </Shown>
    </>
  );
}

/** @param extra as JSON, with all digits of its numbers */
function CallParts({ call, extra = 'null' }: { call: Call; extra: string | undefined }) {
  return (
    <>
      <Panel title={t('call.timeline')} note={date(call.occurredAt)}>
        <Timeline call={call} />
      </Panel>
      {call.warnings !== null && <Warnings warnings={call.warnings} />}
      <div class="pair">
        <Panel title={t('call.fields')}>
          <Fields call={call} />
        </Panel>
        <div class="stack">
          <Panel title={t('call.ledger')}>
            <LedgerFields call={call} />
          </Panel>
          {extra !== 'null' && (
            <Panel title={t('call.extra')} note="extra">
              <JsonText text={extra} />
            </Panel>
          )}
        </div>
      </div>
      <Revisions callId={call.callId} />
      {may('deliveries:read') && <RawRecord callId={call.callId} deliveryId={call.deliveryId} />}
    </>
  );
}

function Warnings({ warnings }: { warnings: NonNullable<Call['warnings']> }) {
  return (
    <div class="note note-away">
      <strong>{t('call.warnings')}</strong>
      <ul>
        {warnings.map(({ field, reason }) => (
          <li key={field + reason}>
            <Id id={field} /> <Given text={reason} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Fields({ call }: { call: Call }) {
  const codes = useCodes();
  const { smartStatusCode, statusCode, taskId, batchId, detailId, duration, bDuration } = call;
  const carrier = carrierLabel(codes, statusCode);
  return (
    <Facts
      facts={[
        [
          t('calls.outcome'),
          <>
            <Mark tone={call.answered ? 'good' : 'plain'}>
              {resultLabel(codes, smartStatusCode, t('result.none'))}
            </Mark>{' '}
            {smartStatusCode !== null && (
              <span class="quiet">
                <Id id={smartStatusCode} />
              </span>
            )}
          </>,
        ],
        [
          t('field.statusCode'),
          <>
            <Id id={statusCode} /> {carrier !== undefined && <span class="quiet">{carrier}</span>}
          </>,
        ],
        [t('field.statusMsg'), <Given text={call.statusMsg ?? '–'} />],
        [t('field.hangupDirection'), <Given text={call.hangupDirection ?? '–'} />],
        [t('field.callee'), <Id id={call.callee} />],
        [t('field.caller'), <Id id={call.caller} />],
        [t('field.realCaller'), <Id id={call.realCaller} />],
        [t('field.duration'), length(duration)],
        [t('field.bDuration'), length(bDuration)],
        [t('field.taskId'), <Id id={taskId} path={['tasks', taskId ?? '']} />],
        [t('field.batchId'), <Id id={batchId} path={['calls']} query={{ batchId: batchId ?? undefined }} />],
        [t('field.outId'), <Id id={call.outId} />],
        [
          t('field.detailId'),
          <>
            <Id id={detailId} />{' '}
            {detailId !== null && isAskable(detailId) && (
              <a href={to(['details', detailId])}>{t('call.redials')}</a>
            )}
          </>,
        ],
      ]}
    />
  );
}

/** A call that no push brought has less than others: it stands out. */
function Provenance({ of: provenance }: { of: string }) {
  const isPulled = provenance === 'pulled';
  return (
    <Mark tone={isPulled ? 'warn' : 'plain'}>{t(isPulled ? 'provenance.pulled' : 'provenance.pushed')}</Mark>
  );
}

function LedgerFields({ call }: { call: Call }) {
  const { deliveryId } = call;
  return (
    <Facts
      facts={[
        [t('field.occurredAt'), <Time at={call.occurredAt} />],
        [t('field.source'), <Id id={call.source} />],
        [t('field.provenance'), <Provenance of={call.provenance} />],
        [t('field.revision'), call.revision],
        [t('field.firstReceivedAt'), <Time at={call.firstReceivedAt} />],
        [t('field.lastReceivedAt'), <Time at={call.lastReceivedAt} />],
        [t('field.deliveryId'), <Id id={deliveryId} path={['deliveries', deliveryId]} />],
      ]}
    />
  );
}
