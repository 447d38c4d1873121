// One thing that could not be read: why, where, and what came.
import { useState } from 'preact/hooks';
import { answerOf, api, type Schemas } from '../../api/client.js';
import { may } from '../../api/session.js';
import { useAsk } from '../../api/use-ask.js';
import { useSend } from '../../api/use-send.js';
import { reasonText, t } from '../../i18n/i18n.js';
import { Facts, Head, Id, Panel, Time } from '../../ui/bits.js';
import { Copy } from '../../ui/copy.js';
import { Dialog } from '../../ui/dialog.js';
import { Given } from '../../ui/given.js';
import { JsonText } from '../../ui/json.js';
import { Empty, ProblemNote, Shown } from '../../ui/states.js';
import { InBody } from './in-body.js';
import { aroundMark, marked } from './mark-of.js';
import { Replay } from './replay.js';
import { StatusMark } from './status-mark.js';

type Entry = Schemas['QuarantineEntry'];

export function EntryView({ id }: { id: string }) {
  const asked = useAsk(id, (signal) =>
    answerOf(api.GET('/v1/quarantine/{id}', { params: { path: { id } }, signal })),
  );
  return (
    <>
      <Head title={<Id id={id} />} parent={{ title: t('nav.quarantine'), path: ['quarantine'] }}>
        <Copy text={id} label={t('quarantine.copyId')} />
      </Head>
      <Shown asked={asked} lines={8}>
        {(entry) => (
          <>
            <div class="note note-away">
              <strong>
                <Given text={reasonText(entry.reason)} />
              </strong>
              <p>
                {t('quarantine.at')} {entry.place === '' ? t('quarantine.whole') : <Id id={entry.place} />}
              </p>
            </div>
            {entry.status === 'open' && <Actions id={id} onDone={asked.again} />}
            <Panel title={t('quarantine.raw')}>
              <Raw entry={entry} />
            </Panel>
            {may('deliveries:read') && /^\/\d+$/.test(entry.place) && <InBody entry={entry} />}
            <Panel title={t('call.ledger')}>
              <EntryFacts entry={entry} />
            </Panel>
          </>
        )}
      </Shown>
    </>
  );
}

function Raw({ entry }: { entry: Entry }) {
  const { raw, rawEncoding } = entry;
  if (raw === '')
    return <Empty title={t(may('numbers:read') ? 'quarantine.nothing' : 'quarantine.noText')} />;
  const { text, mark } = marked(raw, rawEncoding, entry.place);
  const [first, last] = aroundMark(text, mark);
  return (
    <>
      {rawEncoding === 'base64' && <p class="quiet small">{t('quarantine.notUtf8')}</p>}
      {last - first < text.length && <p class="quiet small">{t('quarantine.cut')}</p>}
      <JsonText text={text} mark={mark} shown={[first, last]} />
    </>
  );
}

function EntryFacts({ entry }: { entry: Entry }) {
  const { deliveryId, replayedAs } = entry;
  const link = (id: string | null) => <Id id={id} path={['deliveries', id ?? '']} />;
  return (
    <Facts
      facts={[
        [t('quarantine.status'), <StatusMark status={entry.status} />],
        [t('deliveries.receivedAt'), <Time at={entry.receivedAt} />],
        [t('field.source'), entry.source],
        [t('field.deliveryId'), link(deliveryId)],
        [t('quarantine.resolvedAt'), <Time at={entry.resolvedAt} />],
        [t('quarantine.replayedAs'), link(replayedAs)],
      ]}
    />
  );
}

function Actions({ id, onDone }: { id: string; onDone: () => void }) {
  const [asked, setAsked] = useState<'replay' | 'discard'>();
  const close = (isDone: boolean) => {
    setAsked(undefined);
    if (isDone) onDone();
  };
  return (
    <div class="actions">
      <button
        type="button"
        class="button"
        onClick={() => {
          setAsked('replay');
        }}
      >
        {t('replay.one')}
      </button>
      <button
        type="button"
        class="button"
        onClick={() => {
          setAsked('discard');
        }}
      >
        {t('discard.title')}
      </button>
      {asked === 'replay' && <Replay wanted={{ ids: [id] }} onClose={close} />}
      {asked === 'discard' && <Discard id={id} onClose={close} />}
    </div>
  );
}

function Discard({ id, onClose }: { id: string; onClose: (isDone: boolean) => void }) {
  const { send, isPending, problem } = useSend<unknown>(() => {
    onClose(true);
  });
  const discard = () => {
    send(() => answerOf(api.POST('/v1/quarantine/{id}/discard', { params: { path: { id } } })));
  };
  return (
    <Dialog
      title={t('discard.title')}
      isHeld={isPending}
      onClose={() => {
        onClose(false);
      }}
    >
      <p>{t('discard.what')}</p>
      {problem !== undefined && <ProblemNote problem={problem} />}
      <div class="actions">
        <button type="button" class="button button-bad" disabled={isPending} onClick={discard}>
          {isPending ? t('state.sending') : t('discard.do')}
        </button>
      </div>
    </Dialog>
  );
}
