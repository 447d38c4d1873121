// A new key, which is shown this once.
import { useState } from 'preact/hooks';
import { answerOf, api, type Schemas } from '../../api/client.js';
import { type Scope, session } from '../../api/session.js';
import { type Sending, useSend } from '../../api/use-send.js';
import { t } from '../../i18n/i18n.js';
import { timeZone } from '../../state/preferences.js';
import { fromLocal } from '../../time/local.js';
import { Copy } from '../../ui/copy.js';
import { Dialog } from '../../ui/dialog.js';
import { Field } from '../../ui/field.js';
import { ProblemNote } from '../../ui/states.js';

type Made = Schemas['NewApiKey'];

export function NewKey({ onClose }: { onClose: () => void }) {
  const [key, setKey] = useState<string>();
  const making = useSend<Made>((made) => {
    setKey(made?.key);
  });
  return (
    <Dialog title={t('keys.make')} onClose={onClose} isHeld={making.isPending}>
      {key === undefined ? <Form making={making} /> : <ShownOnce apiKey={key} />}
    </Dialog>
  );
}

function ShownOnce({ apiKey }: { apiKey: string }) {
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

/** @param sources by commas; empty: all */
function listOf(sources: string): string[] {
  return sources
    .split(',')
    .map((source) => source.trim())
    .filter(Boolean);
}

function Form({ making: { send, isPending, problem } }: { making: Sending<Made> }) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly Scope[]>([]);
  const [sources, setSources] = useState('');
  const [expires, setExpires] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    const named = listOf(sources);
    const expiresAt = fromLocal(expires, timeZone.value);
    const body = {
      name,
      scopes: [...scopes],
      ...(named.length > 0 && { sources: named }),
      ...(expiresAt !== undefined && { expiresAt }),
    };
    send(() => answerOf(api.POST('/v1/api-keys', { body })));
  };
  return (
    <form onSubmit={submit}>
      <Field title={t('keys.name')} value={name} onInput={setName} required maxLength={100} />
      <Scopes chosen={scopes} onChange={setScopes} />
      <Field title={t('keys.sources.field')} value={sources} onInput={setSources} />
      <Expires value={expires} onInput={setExpires} />
      {problem !== undefined && <ProblemNote problem={problem} />}
      <div class="actions">
        <button type="submit" class="button button-main" disabled={isPending || scopes.length === 0}>
          {isPending ? t('state.sending') : t('keys.make')}
        </button>
      </div>
    </form>
  );
}

interface ScopesProps {
  readonly chosen: readonly Scope[];
  readonly onChange: (chosen: readonly Scope[]) => void;
}

/** A key can grant what it may do itself, and nothing else. */
function Scopes({ chosen, onChange }: ScopesProps) {
  return (
    <fieldset>
      <legend>{t('keys.scopes')}</legend>
      {session.value?.scopes.map((scope) => (
        <label key={scope} class="check">
          <input
            type="checkbox"
            checked={chosen.includes(scope)}
            onChange={() => {
              onChange(
                chosen.includes(scope) ? chosen.filter((other) => other !== scope) : [...chosen, scope],
              );
            }}
          />
          <span>
            <code>{scope}</code> <span class="quiet small">{t(`scope.${scope}`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Expires({ value, onInput }: { value: string; onInput: (value: string) => void }) {
  return (
    <label class="field">
      <span>{t('keys.expires.field')}</span>
      <input
        type="datetime-local"
        max="9999-12-31T23:59"
        value={value}
        onInput={(event) => {
          onInput(event.currentTarget.value);
        }}
      />
    </label>
  );
}
