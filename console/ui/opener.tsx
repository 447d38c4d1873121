// A button, and the dialog that it opens.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface OpenerProps {
  readonly text: ComponentChildren;
  /** Whether it is what the view is for. */
  readonly isMain?: boolean;
  /** The dialog, which is to be told how it is closed. */
  readonly children: (close: () => void) => ComponentChildren;
}

export function Opener({ text, isMain = false, children }: OpenerProps) {
  const [isOpen, setOpen] = useState(false);
  const open = () => {
    setOpen(true);
  };
  const close = () => {
    setOpen(false);
  };
  return (
    <>
      <button type="button" class={isMain ? 'button button-main' : 'button'} onClick={open}>
        {text}
      </button>
      {isOpen && children(close)}
    </>
  );
}
