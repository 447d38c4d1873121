// The pages of lists. A query reads one row more than a page holds, to see whether there is a next page.
import type { Request, Response } from 'express';
import { ApiProperty } from '@nestjs/swagger';
import { CursorParameter, IntegerParameter } from './parameters.js';

/** Makes the class that describes a page of a list in the API's description. */
export function PageOf<Entry>(entry: new () => Entry, description: string) {
  class EntryPage {
    @ApiProperty({ type: [entry], description })
    data!: Entry[];

    @ApiProperty({ type: PageInfo, description: 'The limit of this page and the cursor of the next page.' })
    page!: PageInfo;
  }
  return EntryPage;
}

/** A page of a list, as the API answers it. */
export interface Page<Entry> {
  readonly data: Entry[];
  readonly page: PageInfo;
}

/**
 * @param rows at most `limit` + 1 rows. The additional row shows that there is a next page.
 * @param cursorOf gives the cursor of the position after an entry
 * @param endsEarly there is a next page, though this one holds fewer entries than its limit
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

/** Adds the link to the next page to the Link header (RFC 8288). */
export function linkNext<Entry>(page: Page<Entry>, request: Request, response: Response): Page<Entry> {
  const { nextCursor } = page.page;
  if (nextCursor !== null) linkWith('cursor', nextCursor, request, response);
  return page;
}

/** Sets the Link header to the same request with another cursor, as a path without the host. */
export function linkWith(parameter: string, cursor: string, request: Request, response: Response): void {
  const parameters = new URLSearchParams(request.originalUrl.split('?')[1]);
  parameters.set(parameter, cursor);
  response.setHeader('Link', `<${request.path}?${parameters.toString()}>; rel="next"`);
}

export const DEFAULT_LIMIT = 50;
const MOST_A_PAGE = 1000;

/** The parameters that choose a page of a list. */
export class PageQuery {
  @IntegerParameter(
    { description: 'The largest number of entries in a page.', example: 50 },
    1,
    MOST_A_PAGE,
    DEFAULT_LIMIT,
  )
  limit?: number;

  @CursorParameter({
    description:
      "The `nextCursor` of the previous page. The other parameters must be the same as that page's.",
    example: 'WyIyMDI1LTA2LTAxVDAxOjU5OjQ1LjAwMFoiLCIxMDAwMDE2MSJd',
  })
  cursor?: string;
}

/** The limit of a page and the cursor of the next one. */
export class PageInfo {
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    maximum: MOST_A_PAGE,
    description: 'The largest number of entries in a page.',
    example: 50,
  })
  limit!: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Send it as `cursor` to get the next page. Only the last page has null. Other pages may also hold fewer entries than the limit, when entries are large.',
    example: 'WyIyMDI1LTA2LTAxVDAxOjU5OjQ1LjAwMFoiLCIxMDAwMDE2MSJd',
  })
  nextCursor!: string | null;
}
