// Who follows the changes of calls, and how far each is behind.
import { type Answer, answerOf, api, type Schemas } from '../../api/client.js';
import { may } from '../../api/session.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { route, to } from '../../state/route.js';
import { asItStands } from '../../time/between.js';
import { count } from '../../time/format.js';
import { Head, Id, Linked, Mark, Name, Time } from '../../ui/bits.js';
import { Given } from '../../ui/given.js';
import { PagedTable } from '../../ui/paged-table.js';
import type { Column } from '../../ui/table.js';
import { Updated, useTick } from '../../ui/updated.js';
import { Forget } from './forget.js';
import { lagText, StateMark } from './state-mark.js';

type Webhook = Schemas['Webhook'];

interface Row {
  readonly follower: Schemas['Follower'];
  /** Of a follower that is one, for keys that may see it. */
  readonly webhook: Webhook | undefined;
}

interface Found {
  readonly data: readonly Row[];
  readonly page: Schemas['PageInfo'];
}

const REFRESH_MS = 15_000;
/** The service answers no more at once. */
const MOST_WEBHOOKS = 1000;

async function ask(query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer<Found>> {
  const followers = await answerOf(api.GET('/v1/followers', { params: { query }, signal }));
  if (followers.problem !== undefined) return followers;
  const { data, page } = followers.data;
  const hasWebhooks = may('webhooks:manage') && data.some(({ id }) => id !== null);
  const params = { query: { limit: MOST_WEBHOOKS } };
  const webhooks = hasWebhooks ? await answerOf(api.GET('/v1/webhooks', { params, signal })) : undefined;
  if (webhooks?.problem !== undefined) return webhooks;
  const byId = new Map(webhooks?.data.data.map((webhook) => [webhook.id, webhook]));
  return {
    data: { data: data.map((follower) => ({ follower, webhook: byId.get(follower.id ?? '') })), page },
  };
}

export function FollowersView() {
  const query = asItStands(route.value.query);
  const tick = useTick(REFRESH_MS);
  const question = (signal: AbortSignal) => ask(query, signal);
  const asked = useAsk(JSON.stringify(query), question, tick);
  return (
    <>
      <Head title={t('nav.followers')}>
        <Updated />
      </Head>
      <p class="quiet">{t('followers.what')}</p>
      <PagedTable
        asked={asked}
        label={t('nav.followers')}
        columns={columns(asked.again)}
        keyOf={({ follower: { kind, id, keyId, name } }) => `${kind} ${id ?? keyId} ${name}`}
        lines={6}
        none={t('followers.none')}
      >
        {t('followers.none.more')}
      </PagedTable>
    </>
  );
}

function columns(onForgotten: () => void): Column<Row>[] {
  return [
    {
      title: t('followers.name'),
      cell: ({ follower: { id, name }, webhook }) => (
        <Linked href={webhook === undefined || id === null ? undefined : to(['followers', id])}>
          <Name name={name} />
        </Linked>
      ),
    },
    {
      title: t('followers.kind'),
      cell: ({ follower: { kind } }) => <Mark tone="plain">{t(`followers.${kind}`)}</Mark>,
    },
    {
      title: t('webhook.state'),
      cell: ({ webhook }) => (webhook === undefined ? <None /> : <StateMark webhook={webhook} />),
    },
    {
      title: t('followers.lagChanges'),
      kind: 'number',
      cell: ({ follower: { lagChanges } }) => count(lagChanges),
    },
    { title: t('followers.lagSeconds'), kind: 'number', cell: ({ follower }) => lagText(follower) },
    {
      title: t('followers.lastSeenAt'),
      cell: ({ follower: { lastSeenAt } }) => <Time at={lastSeenAt} />,
    },
    {
      title: t('webhook.reason'),
      kind: 'text',
      cell: ({ webhook }) => <Given text={webhook?.reason ?? webhook?.lastFailure?.problem ?? '–'} />,
    },
    {
      title: t('followers.key'),
      cell: ({ follower: { keyId, keyName } }) =>
        keyName === null ? <Id id={keyId} /> : <Name name={keyName} />,
    },
    {
      title: t('followers.forget'),
      cell: ({ follower: { kind, name } }) =>
        kind === 'follower' && <Forget name={name} onForgotten={onForgotten} />,
    },
  ];
}

function None() {
  return <span class="quiet">–</span>;
}
