// Who may ask, and what.
import { useState } from 'preact/hooks';
import { answerOf, api, type Schemas } from '../../api/client.js';
import { session } from '../../api/session.js';
import { useAsk } from '../../api/use-ask.js';
import { useSend } from '../../api/use-send.js';
import { t } from '../../i18n/i18n.js';
import { route } from '../../state/route.js';
import { visible } from '../../text/visible.js';
import { asItStands } from '../../time/between.js';
import { Head, Id, Mark, Name, Time } from '../../ui/bits.js';
import { Dialog } from '../../ui/dialog.js';
import { Opener } from '../../ui/opener.js';
import { PagedTable } from '../../ui/paged-table.js';
import { ProblemNote } from '../../ui/states.js';
import type { Column } from '../../ui/table.js';
import { NewKey } from './new-key.js';

type Key = Schemas['ApiKey'];

export function KeysView() {
  const query = asItStands(route.value.query);
  const asked = useAsk(JSON.stringify(query), (signal) =>
    answerOf(api.GET('/v1/api-keys', { params: { query }, signal })),
  );
  const [revoked, setRevoked] = useState<Key>();
  return (
    <>
      <Head title={t('nav.keys')}>
        <Opener text={t('keys.make')} isMain>
          {(close) => (
            <NewKey
              onClose={() => {
                close();
                asked.again();
              }}
            />
          )}
        </Opener>
      </Head>
      {revoked !== undefined && (
        <Revoke
          apiKey={revoked}
          onClose={() => {
            setRevoked(undefined);
            asked.again();
          }}
        />
      )}
      <PagedTable
        asked={asked}
        label={t('nav.keys')}
        columns={columns(setRevoked)}
        keyOf={({ id }) => id}
        lines={8}
        none={t('keys.none')}
      >
        {t('keys.none.more')}
      </PagedTable>
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
          <strong>
            <Name name={name} />
          </strong>{' '}
          {id === session.value?.id && <Mark tone="plain">{t('keys.own')}</Mark>}
        </>
      ),
    },
    { title: t('keys.state'), cell: (key) => <StateMark {...key} /> },
    {
      title: t('keys.revoke'),
      cell: (key) =>
        key.revokedAt === null && (
          <button
            type="button"
            class="button button-small"
            aria-label={t('keys.revokeOne', { name: visible(key.name) })}
            onClick={() => {
              onRevoke(key);
            }}
          >
            {t('keys.revoke')}
          </button>
        ),
    },
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
      cell: ({ sources }) => sources?.join(', ') ?? t('keys.allSources'),
    },
    { title: t('keys.expiresAt'), cell: ({ expiresAt }) => <Time at={expiresAt} /> },
    { title: t('keys.lastUsedAt'), cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
    { title: t('keys.createdBy'), cell: ({ createdBy }) => <Id id={createdBy.slice(-8)} /> },
  ];
}

function Revoke({ apiKey: { id, name }, onClose }: { apiKey: Key; onClose: () => void }) {
  const { send, isPending, problem } = useSend<unknown>(onClose);
  const revoke = () => {
    send(() => answerOf(api.DELETE('/v1/api-keys/{id}', { params: { path: { id } } })));
  };
  return (
    <Dialog title={t('keys.revokeOne', { name: visible(name) })} onClose={onClose} isHeld={isPending}>
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
