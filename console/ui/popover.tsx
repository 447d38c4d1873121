import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** What opens below its button, and closes by Escape, by a choice, or by a click anywhere else. */
export function usePopover() {
  const details = useRef<HTMLDetailsElement>(null);
  const close = () => {
    if (details.current === null) return;
    details.current.open = false;
    details.current.querySelector('summary')?.focus();
  };
  const closeOnEscape = ({ key }: KeyboardEvent) => {
    if (key === 'Escape' && details.current?.open === true) close();
  };
  useEffect(() => {
    // The focus goes to what was clicked.
    const closeFromOutside = ({ target }: Event) => {
      const element = details.current;
      if (element !== null && target instanceof Node && !element.contains(target)) element.open = false;
    };
    document.addEventListener('pointerdown', closeFromOutside);
    return () => {
      document.removeEventListener('pointerdown', closeFromOutside);
    };
  }, []);
  return { details, close, closeOnEscape };
}

export function Popover({ summary, children }: { summary: ComponentChildren; children: ComponentChildren }) {
  const { details, closeOnEscape } = usePopover();
  return (
    <details ref={details} class="popover" onKeyDown={closeOnEscape}>
      <summary class="button">{summary}</summary>
      <div class="popover-body">{children}</div>
    </details>
  );
}
