// A button, and the dialog that it opens.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface OpenerProps {
  readonly text: ComponentChildren;
  /** Whether it is what the view is for. */
  readonly isMain?: boolean;
  /** Whether it stands in a row of a table. */
  readonly isSmall?: boolean;
  /** For those who do not see what it stands beside. */
  readonly label?: string;
  /** The dialog, which is to be told how it is closed. */
  readonly children: (close: () => void) => ComponentChildren;
}

export function Opener({ text, isMain = false, isSmall = false, label, children }: OpenerProps) {
  const [isOpen, setOpen] = useState(false);
  const open = () => {
    setOpen(true);
  };
  const close = () => {
    setOpen(false);
  };
  const kind = isMain ? ' button-main' : isSmall ? ' button-small' : '';
  return (
    <>
      <button type="button" class={`button${kind}`} aria-label={label} onClick={open}>
        {text}
      </button>
      {isOpen && children(close)}
    </>
  );
}
