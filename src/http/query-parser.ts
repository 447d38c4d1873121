// The text of a query in, its parameters out.
import { parse, type ParsedUrlQuery, unescape } from 'node:querystring';
import { isDecodable } from './paths.js';

/** What stands in the place of a value that is percent-encoded and no UTF-8: Node's parser would make U+FFFD of it. */
export const UNDECODABLE = Symbol('undecodable');

export type Query = Record<string, ParsedUrlQuery[string] | typeof UNDECODABLE>;

/** To be set as Express's `query parser`. */
export function parseQuery(text: string | undefined): Query {
  const query: Query = parse(text ?? '');
  for (const name of undecodableNames(text ?? '')) query[name] = UNDECODABLE;
  return query;
}

function undecodableNames(text: string): string[] {
  if (!text.includes('%')) return [];
  return text
    .split('&')
    .filter((part) => !isDecodable(part))
    .map((part) => unescape((part.split('=', 1)[0] ?? '').replaceAll('+', ' ')));
}
