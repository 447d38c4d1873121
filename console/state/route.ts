// Where in the console one is: all of it stands behind the # of the address, which no browser sends to anybody.
import { signal } from '@preact/signals';

export interface Route {
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

export type Query = Readonly<Record<string, string | undefined>>;

export const route = signal<Route>(read());

window.addEventListener('hashchange', () => {
  const before = route.value.path.join('/');
  route.value = read();
  if (route.value.path.join('/') !== before) window.scrollTo(0, 0);
});

function read(): Route {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  return {
    path: path.split('/').filter(Boolean).map(decode),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The address of a view. */
export function to(path: readonly string[], query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') parameters.set(name, value);
  }
  const text = parameters.toString();
  return `#/${path.map(encodeURIComponent).join('/')}${text && `?${text}`}`;
}

export function go(path: readonly string[], query: Query = {}): void {
  location.hash = to(path, query);
}

/** Changes some of the query of where one is; undefined takes one away. */
export function goWith(changes: Query): void {
  go(route.value.path, { ...route.value.query, ...changes });
}

/** Shows another range of time, from here on. @param from epoch milliseconds, as `end` */
export function chooseRange(from: number, end: number): void {
  const [start, stop] = [from, end].map((at) => new Date(at).toISOString());
  goWith({ span: undefined, from: start, to: stop, cursor: undefined });
}

/** To the next page of the list in sight. The browser keeps with the address that it was come to so, even when it is loaded anew. */
export function goNext(cursor: string): void {
  goWith({ cursor });
  history.replaceState({ isNext: true }, '');
}

/** Whether the page before stands before this one in the browser's history. */
export function cameByNext(): boolean {
  const state: unknown = history.state;
  return typeof state === 'object' && state !== null && 'isNext' in state;
}
