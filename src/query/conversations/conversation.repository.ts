import { Injectable } from '@nestjs/common';
import { ReadingDatabase } from '../../persistence/connections/reading-database.js';
import { isOfSources, type Viewer } from '../../security/visible-sources.js';
import type { TurnDto } from './conversation.dto.js';

const FIND_TURNS = {
  name: 'find-turns',
  text: `SELECT n.conversation_record AS turns FROM calls c JOIN call_notes n ON n.call_id = c.call_id
    WHERE c.call_id = $1 AND n.conversation_record IS NOT NULL AND ${isOfSources('$2', 'c.source')}`,
};

@Injectable()
export class ConversationRepository {
  constructor(private readonly database: ReadingDatabase) {}

  /** @returns undefined if there is no such call, or nothing is known of what was said */
  async find(callId: string, { sources }: Viewer): Promise<TurnDto[] | undefined> {
    const row = await this.database.find<{ turns: TurnDto[] }>({ ...FIND_TURNS, values: [callId, sources] });
    return row?.turns;
  }
}
