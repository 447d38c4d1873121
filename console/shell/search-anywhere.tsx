// The search from any view: by its button, by `/`, and by Ctrl or Cmd with K.
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/i18n.js';
import { Dialog } from '../ui/dialog.js';
import { Icon } from '../ui/icons.js';
import { SearchBox } from '../views/calls/search-box.js';

export function SearchAnywhere() {
  const [isOpen, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
  };
  useEffect(() => {
    const open = (event: KeyboardEvent) => {
      if (!isMeant(event) || document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      setOpen(true);
    };
    document.addEventListener('keydown', open);
    return () => {
      document.removeEventListener('keydown', open);
    };
  }, []);
  return (
    <>
      <button
        type="button"
        class="search-open"
        aria-keyshortcuts="/ Control+K Meta+K"
        onClick={() => {
          setOpen(true);
        }}
      >
        <Icon name="search" /> {t('search.open')} <kbd aria-hidden="true">/</kbd>
      </button>
      {isOpen && (
        <Dialog title={t('search.label')} onClose={close}>
          <SearchBox takesFocus onChosen={close} />
        </Dialog>
      )}
    </>
  );
}

function isMeant({ key, ctrlKey, metaKey, altKey, target }: KeyboardEvent): boolean {
  if (altKey) return false;
  if (ctrlKey || metaKey) return key.toLowerCase() === 'k';
  const isTyping = target instanceof Element && target.closest('input, textarea, select') !== null;
  return key === '/' && !isTyping;
}
