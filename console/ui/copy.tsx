import { useState } from 'preact/hooks';
import { t } from '../i18n/i18n.js';
import { Icon } from './icons.js';

interface CopyProps {
  readonly text: string;
  readonly label: string;
  /** Beside a value: without words. */
  readonly isSmall?: boolean;
}

/** Puts a text where it can be pasted from; where the browser does not let the page, the person does it by the keyboard. */
export function Copy({ text, label, isSmall = false }: CopyProps) {
  const [state, setState] = useState<'copied' | 'selected'>();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      // Without HTTPS there is no clipboard, and a person may have forbidden it.
      setState('selected');
    }
  };
  if (state === 'selected') return <Selected text={text} label={label} />;
  if (isSmall)
    return (
      <button
        type="button"
        class={state === undefined ? 'copy' : 'copy copy-done'}
        onClick={() => void copy()}
        aria-label={state === undefined ? label : t('action.copied')}
        title={label}
      >
        <Icon name={state === undefined ? 'copy' : 'done'} />
      </button>
    );
  return (
    <button type="button" class="button button-small" onClick={() => void copy()} aria-label={label}>
      <Icon name="copy" />{' '}
      <span aria-live="polite">{state === undefined ? t('action.copy') : t('action.copied')}</span>
    </button>
  );
}

function Selected({ text, label }: { text: string; label: string }) {
  return (
    <label class="field">
      <span role="status">{t('action.selected')}</span>
      <input ref={select} class="mono" readOnly value={text} aria-label={label} />
    </label>
  );
}

function select(input: HTMLInputElement | null): void {
  input?.focus();
  input?.select();
}
