// A new key, which is shown this once.
import { useState } from 'preact/hooks';
import { answerOf, api, type Problem } from '../../api/client.js';
import { type Scope, session } from '../../api/session.js';
import { t } from '../../i18n/i18n.js';
import { timeZone } from '../../state/preferences.js';
import { fromLocal } from '../../time/local.js';
import { Copy } from '../../ui/bits.js';
import { Dialog } from '../../ui/dialog.js';
import { ProblemNote } from '../../ui/states.js';

export function NewKey({ onClose }: { onClose: () => void }) {
  const [key, setKey] = useState<string>();
  return (
    <Dialog title={t('keys.make')} onClose={onClose}>
      {key === undefined ? <Form onMade={setKey} /> : <Made apiKey={key} />}
    </Dialog>
  );
}

function Made({ apiKey }: { apiKey: string }) {
  return (
    <div role="status">
      <p>{t('keys.once')}</p>
      <p class="secret">
        <code>{apiKey}</code>
      </p>
      <Copy text={apiKey} label={t('keys.copy')} />
    </div>
  );
}

function Form({ onMade }: { onMade: (key: string) => void }) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly Scope[]>([]);
  const [sources, setSources] = useState('');
  const [expires, setExpires] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const submit = async (event: Event) => {
    event.preventDefault();
    const named = sources
      .split(',')
      .map((source) => source.trim())
      .filter(Boolean);
    const expiresAt = fromLocal(expires, timeZone.value);
    const body = {
      name,
      scopes: [...scopes],
      ...(named.length > 0 && { sources: named }),
      ...(expiresAt !== undefined && { expiresAt }),
    };
    const answer = await answerOf(api.POST('/v1/api-keys', { body }));
    setProblem(answer.problem);
    if (answer.data !== undefined) onMade(answer.data.key);
  };
  // A key can grant what it may do itself, and nothing else.
  const grantable = session.value?.scopes ?? [];
  return (
    <form onSubmit={(event) => void submit(event)}>
      <label class="field">
        <span>{t('keys.name')}</span>
        <input
          required
          maxLength={100}
          autocomplete="off"
          value={name}
          onInput={(event) => {
            setName(event.currentTarget.value);
          }}
        />
      </label>
      <fieldset>
        <legend>{t('keys.scopes')}</legend>
        {grantable.map((scope) => (
          <label key={scope} class="check">
            <input
              type="checkbox"
              checked={scopes.includes(scope)}
              onChange={() => {
                setScopes(
                  scopes.includes(scope) ? scopes.filter((other) => other !== scope) : [...scopes, scope],
                );
              }}
            />
            <span>
              <code>{scope}</code> <span class="quiet small">{t(`scope.${scope}`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <label class="field">
        <span>{t('keys.sources.field')}</span>
        <input
          autocomplete="off"
          value={sources}
          onInput={(event) => {
            setSources(event.currentTarget.value);
          }}
        />
      </label>
      <label class="field">
        <span>{t('keys.expires.field')}</span>
        <input
          type="datetime-local"
          value={expires}
          onInput={(event) => {
            setExpires(event.currentTarget.value);
          }}
        />
      </label>
      {problem !== undefined && <ProblemNote problem={problem} />}
      <div class="actions">
        <button type="submit" class="button button-main" disabled={scopes.length === 0}>
          {t('keys.make')}
        </button>
      </div>
    </form>
  );
}
