// One push: what it did, and its body as it came.
import { answerOf, api, type Schemas } from '../../api/client.js';
import { may } from '../../api/session.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { to } from '../../state/route.js';
import { bytes, count } from '../../time/format.js';
import { Facts, Head, Id, Panel, Time } from '../../ui/bits.js';
import { Copy } from '../../ui/copy.js';
import { JsonText } from '../../ui/json.js';
import { Shown } from '../../ui/states.js';
import { BodyPanel } from './body-panel.js';
import { WayMark } from './way-mark.js';

type Delivery = Schemas['Delivery'];

/** More text than this a browser draws slowly, and nobody reads. */
const MOST_SHOWN = 200_000;

export function DeliveryView({ id }: { id: string }) {
  const asked = useAsk(id, (signal) =>
    answerOf(api.GET('/v1/deliveries/{id}', { params: { path: { id } }, signal })),
  );
  return (
    <>
      <Head title={<Id id={id} />} parent={{ title: t('nav.deliveries'), path: ['deliveries'] }}>
        <Copy text={id} label={t('deliveries.copyId')} />
      </Head>
      <Shown asked={asked} lines={8}>
        {(delivery) => (
          <>
            <Panel title={t('deliveries.facts')}>
              <DeliveryFacts delivery={delivery} />
            </Panel>
            <BodyPanel deliveryId={id} title={t('deliveries.body')}>
              {(text) => <Body text={text} />}
            </BodyPanel>
          </>
        )}
      </Shown>
    </>
  );
}

function DeliveryFacts({ delivery }: { delivery: Delivery }) {
  const { id, redeliveryOf, quarantined } = delivery;
  const entries = may('quarantine:manage') && quarantined > 0;
  return (
    <Facts
      facts={[
        [t('deliveries.receivedAt'), <Time at={delivery.receivedAt} />],
        [t('field.source'), delivery.source],
        [t('deliveries.remoteAddress'), <Id id={delivery.remoteAddress} />],
        [t('deliveries.via'), <WayMark delivery={delivery} />],
        [t('deliveries.ackMs'), `${count(Math.round(delivery.ackMs * 10) / 10)} ms`],
        [t('deliveries.records'), count(delivery.records)],
        [t('deliveries.stored'), count(delivery.stored)],
        [t('deliveries.corrected'), count(delivery.corrected)],
        [t('deliveries.duplicate'), count(delivery.duplicate)],
        [
          t('deliveries.quarantined'),
          entries ? (
            <a href={to(['quarantine'], { deliveryId: id })}>{count(quarantined)}</a>
          ) : (
            count(quarantined)
          ),
        ],
        [t('deliveries.redeliveryOf'), <Id id={redeliveryOf} path={['deliveries', redeliveryOf ?? '']} />],
        [t('deliveries.bytes'), bytes(delivery.bytes)],
        ['SHA-256', <Id id={delivery.sha256} />],
      ]}
    />
  );
}

function Body({ text }: { text: string }) {
  return (
    <>
      {text.length > MOST_SHOWN && <p class="quiet">{t('deliveries.bodyCut', { n: bytes(MOST_SHOWN) })}</p>}
      <JsonText text={text.slice(0, MOST_SHOWN)} />
    </>
  );
}
