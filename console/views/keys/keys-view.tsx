// Who may ask, and what.
import { useState } from 'preact/hooks';
import { answerOf, api, type Schemas } from '../../api/client.js';
import { session } from '../../api/session.js';
import { useAsk } from '../../api/use-ask.js';
import { useSend } from '../../api/use-send.js';
import { t } from '../../i18n/i18n.js';
import { route } from '../../state/route.js';
import { asItStands } from '../../time/between.js';
import { Head, Id, Mark, Time } from '../../ui/bits.js';
import { Dialog } from '../../ui/dialog.js';
import { Pager } from '../../ui/pager.js';
import { Empty, ProblemNote, Shown } from '../../ui/states.js';
import { type Column, Table } from '../../ui/table.js';
import { NewKey } from './new-key.js';

type Key = Schemas['ApiKey'];

export function KeysView() {
  const query = asItStands(route.value.query);
  const asked = useAsk(JSON.stringify(query), (signal) =>
    answerOf(api.GET('/v1/api-keys', { params: { query }, signal })),
  );
  const [isMaking, setMaking] = useState(false);
  const [revoked, setRevoked] = useState<Key>();
  return (
    <>
      <Head title={t('nav.keys')}>
        <button
          type="button"
          class="button button-main"
          onClick={() => {
            setMaking(true);
          }}
        >
          {t('keys.make')}
        </button>
      </Head>
      {isMaking && (
        <NewKey
          onClose={() => {
            setMaking(false);
            asked.again();
          }}
        />
      )}
      {revoked !== undefined && (
        <Revoke
          apiKey={revoked}
          onClose={() => {
            setRevoked(undefined);
            asked.again();
          }}
        />
      )}
      <Shown asked={asked} lines={8}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title={t('keys.none')}>{t('keys.none.more')}</Empty>
          ) : (
            <Table label={t('nav.keys')} rows={data} columns={columns(setRevoked)} keyOf={({ id }) => id} />
          )
        }
      </Shown>
      <Pager of={asked.data} />
    </>
  );
}

function StateMark({ expiresAt, revokedAt }: Key) {
  if (revokedAt !== null) return <Mark tone="bad">{t('keys.revoked')}</Mark>;
  if (expiresAt !== null && Date.parse(expiresAt) <= Date.now())
    return <Mark tone="plain">{t('keys.expired')}</Mark>;
  return <Mark tone="good">{t('keys.valid')}</Mark>;
}

function columns(onRevoke: (key: Key) => void): Column<Key>[] {
  return [
    {
      title: t('keys.name'),
      cell: ({ id, name }) => (
        <>
          <strong>{name}</strong> {id === session.value?.id && <Mark tone="plain">{t('keys.own')}</Mark>}
        </>
      ),
    },
    { title: t('keys.state'), cell: (key) => <StateMark {...key} /> },
    {
      title: t('keys.scopes'),
      cell: ({ scopes }) => (
        <span class="tags">
          {scopes.map((scope) => (
            <code key={scope}>{scope}</code>
          ))}
        </span>
      ),
    },
    {
      title: t('keys.sources'),
      kind: 'wide',
      cell: ({ sources }) => sources?.join(', ') ?? t('keys.allSources'),
    },
    { title: t('keys.expiresAt'), kind: 'wide', cell: ({ expiresAt }) => <Time at={expiresAt} /> },
    { title: t('keys.lastUsedAt'), cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
    { title: t('keys.createdBy'), kind: 'wide', cell: ({ createdBy }) => <Id id={createdBy.slice(-8)} /> },
    {
      title: t('keys.revoke'),
      cell: (key) =>
        key.revokedAt === null && (
          <button
            type="button"
            class="button button-small"
            aria-label={t('keys.revokeOne', { name: key.name })}
            onClick={() => {
              onRevoke(key);
            }}
          >
            {t('keys.revoke')}
          </button>
        ),
    },
  ];
}

function Revoke({ apiKey: { id, name }, onClose }: { apiKey: Key; onClose: () => void }) {
  const { send, isPending, problem } = useSend<unknown>(onClose);
  const revoke = () => {
    send(() => answerOf(api.DELETE('/v1/api-keys/{id}', { params: { path: { id } } })));
  };
  return (
    <Dialog title={t('keys.revokeOne', { name })} onClose={onClose} isHeld={isPending}>
      <p>{t('keys.revoke.what')}</p>
      {problem !== undefined && <ProblemNote problem={problem} />}
      <div class="actions">
        <button type="button" class="button button-bad" disabled={isPending} onClick={revoke}>
          {isPending ? t('state.sending') : t('keys.revoke')}
        </button>
      </div>
    </Dialog>
  );
}
