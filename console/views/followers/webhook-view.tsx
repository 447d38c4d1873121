// One webhook: whether it sends, how far it is, what its receiver answered.
import { answerOf, api, type Schemas } from '../../api/client.js';
import { useAsk } from '../../api/use-ask.js';
import { reasonText, t } from '../../i18n/i18n.js';
import { count } from '../../time/format.js';
import { Facts, Head, Id, Name, Panel, Time } from '../../ui/bits.js';
import { Copy } from '../../ui/copy.js';
import { Given } from '../../ui/given.js';
import { Json } from '../../ui/json.js';
import { Shown } from '../../ui/states.js';
import { useTick } from '../../ui/updated.js';
import { Attempts } from './attempts.js';
import { lagText, StateMark } from './state-mark.js';
import { WebhookActions } from './webhook-actions.js';

type Webhook = Schemas['Webhook'];

const REFRESH_MS = 5000;

export function WebhookView({ id }: { id: string }) {
  const tick = useTick(REFRESH_MS);
  const question = (signal: AbortSignal) =>
    answerOf(api.GET('/v1/webhooks/{id}', { params: { path: { id } }, signal }));
  const asked = useAsk(id, question, tick);
  const { data: webhook } = asked;
  return (
    <>
      <Head
        title={webhook === undefined ? <Id id={id} /> : <Name name={webhook.name} />}
        parent={{ title: t('nav.followers'), path: ['followers'] }}
      >
        <Copy text={id} label={t('webhook.copyId')} />
      </Head>
      <Shown asked={asked} lines={8}>
        {(found) => (
          <>
            <WebhookActions webhook={found} onDone={asked.again} />
            <div class="pair">
              <Panel title={t('webhook.progress')} note={<StateMark webhook={found} />}>
                <Progress webhook={found} />
              </Panel>
              <Panel title={t('webhook.facts')}>
                <Settings webhook={found} />
              </Panel>
            </div>
            {/* Each change of the webhook may have come with an attempt. */}
            <Attempts id={id} tick={JSON.stringify(found)} />
          </>
        )}
      </Shown>
    </>
  );
}

function Progress({ webhook }: { webhook: Webhook }) {
  const { reason, lagChanges, lastSuccessAt, lastFailure } = webhook;
  return (
    <Facts
      facts={[
        [t('webhook.reason'), <Given text={reason === null ? '–' : reasonText(reason)} />],
        [t('followers.lagChanges'), count(lagChanges)],
        [t('followers.lagSeconds'), lagText(webhook)],
        [t('webhook.lastSuccessAt'), <Time at={lastSuccessAt} />],
        [
          t('webhook.lastFailure'),
          lastFailure === null ? (
            '–'
          ) : (
            <>
              <Time at={lastFailure.at} /> <Given text={lastFailure.problem ?? ''} />
            </>
          ),
        ],
      ]}
    />
  );
}

function Settings({ webhook }: { webhook: Webhook }) {
  const { url, events, filter, fields, numbers, sources, createdAt, createdBy } = webhook;
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <Facts
      facts={[
        [t('webhook.url'), <Id id={url} isWhole />],
        [t('webhook.events'), events.join(', ')],
        [
          t('webhook.filter'),
          isFiltered ? <Json text={JSON.stringify(filter)} what={t('webhook.filter')} /> : t('webhook.all'),
        ],
        [t('webhook.fields'), fields?.join(', ') ?? t('webhook.all')],
        [t('webhook.numbers'), t(`webhook.${numbers}`)],
        [t('keys.sources'), sources?.join(', ') ?? t('webhook.all')],
        [t('webhook.createdAt'), <Time at={createdAt} />],
        [t('keys.createdBy'), <Id id={createdBy} />],
      ]}
    />
  );
}
