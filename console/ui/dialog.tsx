// A question that has to be answered before anything else: the browser's own dialog, with its keyboard and its focus.
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/i18n.js';
import { Icon } from './icons.js';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** It stays open until the answer is there, which nobody could see later. */
  readonly isHeld?: boolean;
  readonly children: ComponentChildren;
}

/** Open for as long as it is rendered. */
export function Dialog({ title, onClose, isHeld = false, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const isGone = useRef(false);
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => {
      // However it ends: only a dialog that is closed gives the focus back to what opened it.
      isGone.current = true;
      dialog?.close();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class="dialog"
      aria-labelledby={heading}
      onClose={() => {
        // Heard of by who was rendered no longer, too.
        if (!isGone.current) onClose();
      }}
      onCancel={(event) => {
        if (isHeld) event.preventDefault();
      }}
    >
      <header class="panel-head">
        <h2 id={heading}>{title}</h2>
        <button
          type="button"
          class="button button-icon"
          aria-label={t('action.close')}
          disabled={isHeld}
          onClick={() => element.current?.close()}
        >
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}
