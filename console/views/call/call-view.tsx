// All that the ledger knows of one call.
import { answerOf, api, type Schemas } from '../../api/client.js';
import { carrierLabel, hangupText, useCodes } from '../../api/results.js';
import { may } from '../../api/session.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { to } from '../../state/route.js';
import { neighboursOf } from '../../state/trail.js';
import { travelTo } from '../../state/travel.js';
import { memberText } from '../../text/record-places.js';
import { date, length } from '../../time/format.js';
import { Facts, Head, Id, Linked, Mark, Panel, Time } from '../../ui/bits.js';
import { Copy } from '../../ui/copy.js';
import { Given } from '../../ui/given.js';
import { Icon } from '../../ui/icons.js';
import { Json } from '../../ui/json.js';
import { Result } from '../../ui/result.js';
import { Shown } from '../../ui/states.js';
import { callsOf } from '../calls/calls-link.js';
import { ConversationPanel } from './conversation.js';
import { Copied, CopyValue } from './copied.js';
import { Headline } from './headline.js';
import { NotePanel } from './note.js';
import { RawRecord } from './raw-record.js';
import { RecordingPanel } from './recording.js';
import { Revisions } from './revisions.js';
import { Timeline } from './timeline.js';
import { Warnings } from './warnings.js';

type Call = Schemas['Call'];

export function CallView({ callId }: { callId: string }) {
  const path = { callId };
  const asked = useAsk(callId, (signal) =>
    answerOf(api.GET('/v1/calls/{callId}', { params: { path }, signal, parseAs: 'text' })),
  );
  const trail = neighboursOf(callId);
  const parent = {
    title: t('nav.calls'),
    path: ['calls'],
    query: travelTo('calls'),
    address: trail?.address,
  };
  return (
    <>
      <Head title={<Id id={callId} />} parent={parent}>
        {trail !== undefined && <Neighbours {...trail} />}
        <Copy text={callId} label={t('call.copyId')} />
      </Head>
      <Shown asked={asked} lines={12}>
        {(text) => <CallParts call={JSON.parse(text) as Call} text={text} />}
      </Shown>
    </>
  );
}

/** Within the list that one came from. */
function Neighbours({ before, behind, place, of }: NonNullable<ReturnType<typeof neighboursOf>>) {
  return (
    <nav class="neighbours" aria-label={t('call.neighbours')}>
      <Neighbour id={before} title={t('call.before')} icon="back" />
      <span class="quiet small">{t('call.place', { n: place, of })}</span>
      <Neighbour id={behind} title={t('call.behind')} icon="next" />
    </nav>
  );
}

function Neighbour({ id, title, icon }: { id: string | undefined; title: string; icon: 'back' | 'next' }) {
  if (id === undefined) return null;
  return (
    <a class="button button-icon" href={to(['calls', id])} aria-label={title} title={title}>
      <Icon name={icon} />
    </a>
  );
}

/** @param text of the call as it came: with all digits of its numbers */
function CallParts({ call, text }: { call: Call; text: string }) {
  const extra = memberText(text, 'extra') ?? 'null';
  return (
    <>
      <Headline call={call} />
      <Panel title={t('call.timeline')} note={date(call.occurredAt)}>
        <Timeline call={call} />
      </Panel>
      {call.warnings !== null && <Warnings title={t('call.warnings')} warnings={call.warnings} />}
      <Messages call={call} text={text} />
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
              <Json text={extra} what="extra" />
            </Panel>
          )}
        </div>
      </div>
      <Revisions callId={call.callId} />
      {may('deliveries:read') && <RawRecord callId={call.callId} deliveryId={call.deliveryId} />}
    </>
  );
}

/** What the vendor's other two messages said of the call. */
function Messages({ call, text }: { call: Call; text: string }) {
  const { callId, note, recording } = call;
  return (
    <>
      {note !== null && note.turns > 0 && may('conversations:read') && (
        <ConversationPanel callId={callId} turns={note.turns} />
      )}
      {(note ?? recording) !== null && (
        <div class="pair">
          {recording !== null && <RecordingPanel callId={callId} recording={recording} />}
          {note !== null && <NotePanel note={note} text={text} />}
        </div>
      )}
    </>
  );
}

function Fields({ call }: { call: Call }) {
  const codes = useCodes();
  const { callee, smartStatusCode, statusCode, taskId, batchId, detailId, duration, bDuration } = call;
  const carrier = carrierLabel(codes, statusCode);
  const calls = (group: Readonly<Record<string, string | null>>) => callsOf({}, {}, group);
  return (
    <Facts
      facts={[
        [
          t('calls.outcome'),
          <>
            <Result code={smartStatusCode} isAnswered={call.answered} />{' '}
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
        [t('field.hangupDirection'), <Given text={hangupText(call.hangupDirection)} />],
        [
          t('field.callee'),
          <Copied name="field.callee" value={callee}>
            <Linked href={calls({ callee })}>{t('call.ofNumber')}</Linked>
          </Copied>,
        ],
        [t('field.caller'), <Copied name="field.caller" value={call.caller} />],
        [t('field.realCaller'), <Copied name="field.realCaller" value={call.realCaller} />],
        [t('field.duration'), length(duration)],
        ...(call.bOriginateTime === null && bDuration === null
          ? []
          : [[t('field.bDuration'), length(bDuration)] as const]),
        [
          t('field.taskId'),
          <Copied name="field.taskId" value={taskId} path={['tasks', taskId ?? '']} label={call.taskName}>
            <Linked href={calls({ taskId })}>{t('call.ofTask')}</Linked>
          </Copied>,
        ],
        [
          t('field.batchId'),
          <Copied name="field.batchId" value={batchId} label={call.batchName}>
            <Linked href={calls({ batchId })}>{t('call.ofBatch')}</Linked>
          </Copied>,
        ],
        [t('field.outId'), <Copied name="field.outId" value={call.outId} />],
        [
          t('field.detailId'),
          <Copied name="field.detailId" value={detailId}>
            <a href={to(['details', detailId ?? ''])}>{t('call.redials')}</a>
          </Copied>,
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
        [
          t('field.deliveryId'),
          <>
            <Id id={deliveryId} path={['deliveries', deliveryId]} />
            <CopyValue name="field.deliveryId" value={deliveryId} />
          </>,
        ],
      ]}
    />
  );
}
