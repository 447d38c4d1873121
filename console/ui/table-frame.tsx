import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A table that is too wide scrolls sideways in this frame. A shadow marks each edge that hides something. */
export function TableFrame({ label, children }: { label: string; children: ComponentChildren }) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => (frame.current === null ? undefined : showMore(frame.current)), []);
  return (
    <div ref={frame} class="table-frame" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}

/** Keeps `data-more` of a frame up to date: `before`, `after`, both or nothing. @returns ends it */
function showMore(frame: HTMLElement): () => void {
  const show = () => {
    const { scrollLeft, scrollWidth, clientWidth } = frame;
    const sides = [
      ...(scrollLeft > 1 ? ['before'] : []),
      ...(scrollLeft + clientWidth < scrollWidth - 1 ? ['after'] : []),
    ];
    frame.dataset['more'] = sides.join(' ');
  };
  const watch = new ResizeObserver(show);
  for (const element of [frame, ...frame.children]) watch.observe(element);
  frame.addEventListener('scroll', show, { passive: true });
  return () => {
    watch.disconnect();
    frame.removeEventListener('scroll', show);
  };
}
