import { ApiProperty } from '@nestjs/swagger';
import { CursorParameter, IntegerParameter } from './parameters.js';

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
