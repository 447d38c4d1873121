// Views with their range and filters, under names that a person gives them: kept in the browser.
import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { t } from '../i18n/i18n.js';
import { forGood } from '../state/kept.js';
import { visible } from '../text/visible.js';
import { Dialog } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { Given } from '../ui/given.js';
import { Icon } from '../ui/icons.js';

interface SavedView {
  readonly name: string;
  /** Begins with `#`. */
  readonly address: string;
}

const STORED = 'call-ledger.views';
const saved = signal<readonly SavedView[]>(read());

function read(): SavedView[] {
  try {
    const kept: unknown = JSON.parse(forGood.get(STORED) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isView) : [];
  } catch {
    return [];
  }
}

function isView(kept: unknown): kept is SavedView {
  if (typeof kept !== 'object' || kept === null || !('name' in kept) || !('address' in kept)) return false;
  // Nothing but views of the console is a link.
  return typeof kept.name === 'string' && typeof kept.address === 'string' && kept.address.startsWith('#/');
}

function keep(views: readonly SavedView[]): void {
  saved.value = views;
  forGood.set(STORED, JSON.stringify(views));
}

export function SavedViews() {
  const [isOpen, setOpen] = useState(false);
  return (
    <section class="saved" aria-label={t('saved.title')}>
      {saved.value.length > 0 && (
        <ul>
          {saved.value.map((view) => (
            <li key={view.name}>
              <a href={view.address}>
                <Given text={view.name} />
              </a>
              <button
                type="button"
                class="copy"
                aria-label={t('saved.remove', { name: visible(view.name) })}
                onClick={() => {
                  keep(saved.value.filter((other) => other !== view));
                }}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <button
        type="button"
        class="link"
        onClick={() => {
          setOpen(true);
        }}
      >
        {t('saved.do')}
      </button>
      {isOpen && (
        <SaveDialog
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </section>
  );
}

function SaveDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    const view = { name: name.trim(), address: location.hash === '' ? '#/' : location.hash };
    keep([...saved.value.filter((other) => other.name !== view.name), view]);
    onClose();
  };
  return (
    <Dialog title={t('saved.do')} onClose={onClose}>
      <form class="stack" onSubmit={submit}>
        <p>{t('saved.what')}</p>
        <Field title={t('saved.name')} value={name} onInput={setName} required maxLength={60} />
        <button type="submit" class="button button-main" disabled={name.trim() === ''}>
          {t('saved.save')}
        </button>
      </form>
    </Dialog>
  );
}
