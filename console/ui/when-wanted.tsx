import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface WhenWantedProps {
  /** Of the button. */
  readonly text: string;
  /** What comes of pressing it. */
  readonly note: string;
  readonly children: () => ComponentChildren;
}

/** Something large, or whose reading is recorded: it is asked for when somebody presses the button. */
export function WhenWanted({ text, note, children }: WhenWantedProps) {
  const [isWanted, setWanted] = useState(false);
  if (isWanted) return <>{children()}</>;
  return (
    <div class="actions">
      <button
        type="button"
        class="button"
        onClick={() => {
          setWanted(true);
        }}
      >
        {text}
      </button>
      <span class="quiet small">{note}</span>
    </div>
  );
}
