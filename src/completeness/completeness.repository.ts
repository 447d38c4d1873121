import { Injectable } from '@nestjs/common';
import { In, MoreThan } from 'typeorm';
import { Database } from '../persistence/connections/database.js';
import { ReadingDatabase } from '../persistence/connections/reading-database.js';
import { CheckedTask } from '../persistence/schema/entities/completeness.entities.js';
import { ofVisibleSources, type Viewer } from '../security/visible-sources.js';

/** Which tasks to list. */
export interface TaskFilter {
  readonly taskId: readonly string[] | undefined;
  readonly verdict: readonly string[] | undefined;
}

/** The results of all checks together. */
export interface CompletenessSummary {
  readonly missing: number;
  /** When the last check of the recent or of all tasks was done, in epoch milliseconds. Null: there was none. */
  readonly checkedAt: number | null;
}

/** What the newest call that is known both ways shows. */
export interface ZoneFinding {
  readonly offsetMs: number;
  readonly calls: number;
  readonly receivedAt: Date;
  readonly taskId: string;
}

const SUMMARY = {
  name: 'completeness-summary',
  text: `SELECT coalesce(sum(missing), 0)::float8 AS missing,
      (SELECT extract(epoch FROM max(finished_at))::float8 * 1000 FROM completeness_runs
        WHERE kind = 'check' AND scope IN ('all', 'recent') AND status = 'done') AS "checkedAt"
    FROM completeness_tasks`,
};

/** Reads the results of checks for clients, the status and the metrics. */
@Injectable()
export class CompletenessRepository {
  constructor(
    private readonly database: Database,
    private readonly reading: ReadingDatabase,
  ) {}

  list(
    { taskId, verdict }: TaskFilter,
    viewer: Viewer,
    after: string,
    limit: number,
  ): Promise<CheckedTask[]> {
    return this.reading.readEntities((manager) => {
      const tasks = manager.createQueryBuilder(CheckedTask, 'task').where(ofVisibleSources(viewer));
      tasks.andWhere({ taskId: MoreThan(after) });
      if (taskId !== undefined) tasks.andWhere({ taskId: In(taskId) });
      if (verdict !== undefined) tasks.andWhere({ verdict: In(verdict) });
      return tasks.orderBy('task.taskId', 'ASC').limit(limit).getMany();
    });
  }

  find(taskId: string, viewer: Viewer): Promise<CheckedTask | null> {
    return this.reading.findEntity((manager) =>
      manager.findOneBy(CheckedTask, { taskId, ...ofVisibleSources(viewer) }),
    );
  }

  async summary(): Promise<CompletenessSummary> {
    const [row] = await this.database.query<{ missing: number; checkedAt: number | null }>(SUMMARY);
    return row ?? { missing: 0, checkedAt: null };
  }

  /** What the newest call that is known both ways shows of PUSH_TIME_ZONE. */
  async zone(): Promise<ZoneFinding | undefined> {
    const [newest] = await this.database.queryEntities((manager) =>
      manager
        .createQueryBuilder(CheckedTask, 'task')
        .where('task.zoneReceivedAt IS NOT NULL')
        .orderBy('task.zoneReceivedAt', 'DESC')
        .limit(1)
        .getMany(),
    );
    const { zoneOffsetMs, zoneCalls, zoneReceivedAt, taskId } = newest ?? {};
    if (zoneOffsetMs == null || zoneCalls == null || zoneReceivedAt == null || taskId === undefined)
      return undefined;
    return { offsetMs: zoneOffsetMs, calls: zoneCalls, receivedAt: zoneReceivedAt, taskId };
  }
}
