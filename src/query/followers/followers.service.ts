import { Injectable, NotFoundException } from '@nestjs/common';
import { decodeCursor, encodeCursor } from '../../http/parameters/cursor.js';
import { DEFAULT_LIMIT, type Page, pageOf, type PageQuery } from '../../http/parameters/page.js';
import { InvalidParametersException } from '../../http/problems/refusals.js';
import { NONE } from '../../numbers/own-numbers.js';
import { Database } from '../../persistence/connections/database.js';
import { AuditLog } from '../../security/audit/audit-log.js';
import { maskText } from '../../security/masking/text-mask.js';
import type { Principal } from '../../security/principal.js';
import { encodePlace, type FeedPlace } from '../changes/feed-place.js';
import { isStorable } from '../storable.js';
import type { FollowerDto } from './follower.dto.js';
import {
  type FollowerPosition,
  FollowerRepository,
  type FollowerRow,
  viewOf,
} from './follower.repository.js';

const KIND = 'followers';
const FIRST: FollowerPosition = ['', '', '', ''];
const TOO_MANY = 'is the name of a new follower, and this key has 100 already: delete one';

/** Knows who follows the feed of changes. */
@Injectable()
export class FollowersService {
  constructor(
    private readonly database: Database,
    private readonly followers: FollowerRepository,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Notes how far a follower is.
   *
   * @throws InvalidParametersException if the key has too many followers
   */
  async note(name: string, place: FeedPlace, { keyId }: Principal): Promise<void> {
    if (await this.followers.note(keyId, name, place)) return;
    throw new InvalidParametersException([{ path: 'follower', message: TOO_MANY }]);
  }

  /** @throws InvalidParametersException if the cursor is not valid */
  async list({ limit = DEFAULT_LIMIT, cursor }: PageQuery, asker: Principal): Promise<Page<FollowerDto>> {
    const after = cursor === undefined ? FIRST : positionOf(cursor);
    const rows = await this.followers.list(viewOf(asker), after, limit + 1);
    const { page } = pageOf(rows, limit, ({ name, kind, keyId, id }) =>
      encodeCursor(KIND, [name, kind, keyId, id]),
    );
    return { data: rows.slice(0, limit).map(dtoOf), page };
  }

  /** @throws NotFoundException */
  async remove(name: string, asker: Principal): Promise<void> {
    const removed = isStorable(name)
      ? await this.database.transaction(async (transaction) => {
          const rows = await this.followers.remove(transaction, viewOf(asker), name);
          const detail = { name: maskText(name, NONE) };
          if (rows > 0)
            await this.audit.recordIn(transaction, { action: 'follower.deleted', by: asker, detail, rows });
          return rows;
        })
      : 0;
    if (removed === 0) throw new NotFoundException('There is no follower with this name');
  }
}

function positionOf(cursor: string): FollowerPosition {
  const [name, kind, keyId, id] = decodeCursor(cursor, KIND, ['string', 'string', 'string', 'string']);
  return [String(name), String(kind), String(keyId), String(id)];
}

function dtoOf({ position, callId, id, lastSeenAt, ...row }: FollowerRow): FollowerDto {
  return {
    ...row,
    id: id === '' ? null : id,
    cursor: encodePlace({ position, callId }),
    lastSeenAt: lastSeenAt?.toISOString() ?? null,
  };
}
