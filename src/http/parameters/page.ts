// The rows of a list, one more than a page holds, in; the page out.
import type { Request, Response } from 'express';
import { ApiProperty } from '@nestjs/swagger';
import { CursorParameter, IntegerParameter } from './parameters.js';

/** The class that describes the answer of a list. */
export function PageOf<Entry>(entry: new () => Entry, description: string) {
  class EntryPage {
    @ApiProperty({ type: [entry], description })
    data!: Entry[];

    @ApiProperty({ type: PageInfo, description: 'Where this page stands.' })
    page!: PageInfo;
  }
  return EntryPage;
}

/** A page of a list, as it is answered. */
export interface Page<Entry> {
  readonly data: Entry[];
  readonly page: PageInfo;
}

/**
 * @param rows at most `limit` + 1 of them: one more says that there is a next page
 * @param cursorOf the cursor of the position after an entry
 * @param endsEarly there is a next page, though this one holds fewer than it may
 */
export function pageOf<Entry>(
  rows: readonly Entry[],
  limit: number,
  cursorOf: (last: Entry) => string,
  endsEarly = false,
): Page<Entry> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  const nextCursor = (rows.length > limit || endsEarly) && last !== undefined ? cursorOf(last) : null;
  return { data, page: { limit, nextCursor } };
}

/** Names the next page in the Link header too (RFC 8288). */
export function linkNext<Entry>(page: Page<Entry>, request: Request, response: Response): Page<Entry> {
  const { nextCursor } = page.page;
  if (nextCursor !== null) linkWith('cursor', nextCursor, request, response);
  return page;
}

/** Names the same question with another cursor as the next one, as a reference relative to the request's host. */
export function linkWith(parameter: string, cursor: string, request: Request, response: Response): void {
  const parameters = new URLSearchParams(request.originalUrl.split('?')[1]);
  parameters.set(parameter, cursor);
  response.setHeader('Link', `<${request.path}?${parameters.toString()}>; rel="next"`);
}

export const DEFAULT_LIMIT = 50;
export const MOST_A_PAGE = 1000;

/** Which part of a list. */
export class PageQuery {
  @IntegerParameter({ description: 'Most entries a page.', example: 50 }, 1, MOST_A_PAGE, DEFAULT_LIMIT)
  limit?: number;

  @CursorParameter({
    description: "The `nextCursor` of the page before. The other parameters must be that page's.",
    example: 'WyIyMDI1LTA2LTAxVDAxOjU5OjQ1LjAwMFoiLCIxMDAwMDE2MSJd',
  })
  cursor?: string;
}

/** Where a page stands in its list. */
export class PageInfo {
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    maximum: MOST_A_PAGE,
    description: 'Most entries a page.',
    example: 50,
  })
  limit!: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Send it as `cursor` to get the next page. It is null on the last page only: a page may hold fewer entries than its limit where entries are large.',
    example: 'WyIyMDI1LTA2LTAxVDAxOjU5OjQ1LjAwMFoiLCIxMDAwMDE2MSJd',
  })
  nextCursor!: string | null;
}
