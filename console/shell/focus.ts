// Whoever does not see the page, or uses no mouse, is somewhere on it. Where that place goes away, they are brought to the view's
// heading: the browser would leave them before the beginning of the page.

/** To the heading of the view. */
export function focusHeading(): void {
  document.querySelector<HTMLElement>('main h1[tabindex]')?.focus({ preventScroll: true });
}

/** From now on: whenever what has the focus is taken off the page, and nothing else took it, the heading has it. */
export function keepFocus(): void {
  let last: EventTarget | null = null;
  document.addEventListener('focusin', ({ target }) => {
    last = target;
  });
  new MutationObserver(() => {
    if (!(last instanceof Element) || last.isConnected) return;
    last = null;
    if (document.activeElement === document.body) focusHeading();
  }).observe(document.body, { childList: true, subtree: true });
}
