import { ApiProperty, ApiSchema, IntersectionType } from '@nestjs/swagger';
import { PageOf, PageQuery } from '../http/parameters/page.js';
import { ChoicesParameter, ListParameter } from '../http/parameters/parameters.js';
import { OptionalField, TEXT, TRUE_OR_FALSE } from '../http/parameters/value-rules.js';
import { VERDICTS } from './check/verdict.js';
import { MISSING_STATES } from './repair/missing.repository.js';

const ID = { type: String, format: 'uuid', example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f' } as const;
const RUN_STATUSES = ['pending', 'running', 'done', 'failed'];
const STATUS = { type: String, enum: RUN_STATUSES } as const;
const TASK = { type: String, example: '118100000000000001' } as const;
const Count = (description: string, example: number) =>
  ApiProperty({ type: 'integer', description, example });
const NullableCount = (description: string, example: number) =>
  ApiProperty({ type: 'integer', nullable: true, description, example });
const Instant = (description: string, nullable = false) =>
  ApiProperty({
    type: String,
    format: 'date-time',
    description,
    example: '2025-06-01T02:05:31.120Z',
    ...(nullable && { nullable }),
  });
const NullableText = (description: string, example: string | null) =>
  ApiProperty({ type: String, nullable: true, description, example });

/** Which task a request is about. */
class OfTask {
  @OptionalField(TEXT, {
    description: 'Only this task. Default, and null: every task that the ledger or the vendor knows.',
    example: TASK.example,
  })
  taskId?: string;
}

/** A request to compare the ledger with the vendor. */
export class CompletenessCheckRequest extends OfTask {}

/** A request to get missing calls from the vendor. */
export class CompletenessRepairRequest extends OfTask {
  @OptionalField(TRUE_OR_FALSE, {
    description:
      'If true, no call is written. The repair asks the vendor for every missing call, and counts what it would do.',
    example: true,
  })
  dryRun?: boolean;
}

/** A check or a repair that was accepted. */
export class AcceptedRun {
  @ApiProperty({ ...ID, description: 'The id of the check or repair.' })
  id!: string;

  @ApiProperty({ ...STATUS, description: 'Its progress.', example: 'pending' })
  status!: string;
}

/** What a check and a repair have in common. */
class RunProgress extends AcceptedRun {
  @ApiProperty({ ...TASK, nullable: true, description: 'The only task that it is about. Null: all.' })
  taskId!: string | null;

  @Instant('When it was requested.')
  requestedAt!: string;

  @Instant('When it began. Null before that.', true)
  startedAt!: string | null;

  @Instant('When it ended. Null before that.', true)
  finishedAt!: string | null;

  @NullableText(
    'Why its last try failed, or what it could not do. It is tried again until its status is `failed`.',
    null,
  )
  problem!: string | null;

  @NullableCount('Number of tasks that it covers. Null until that is known.', 20)
  tasks!: number | null;

  @Count('Number of tasks that are done.', 20)
  tasksDone!: number;
}

/** A check of completeness. */
@ApiSchema({ name: 'CompletenessCheck' })
export class CompletenessCheckDto extends RunProgress {}

/** A repair of missing calls. */
@ApiSchema({ name: 'CompletenessRepair' })
export class CompletenessRepairDto extends RunProgress {
  @ApiProperty({ type: Boolean, description: 'Whether it only counts.', example: false })
  dryRun!: boolean;

  @Count('Number of missing entries that it has looked at.', 100)
  examined!: number;

  @Count('Number of them whose call the vendor gave.', 98)
  repairable!: number;

  @Count('Number of calls that it has written.', 98)
  repaired!: number;

  @Count(
    'Number of entries whose call cannot be had: the vendor does not say its callId, or has no such call any more.',
    2,
  )
  unrepairable!: number;
}

/** How complete the ledger's calls of a task are. */
@ApiSchema({ name: 'TaskCompleteness' })
export class TaskCompletenessDto {
  @ApiProperty({ ...TASK, description: 'The task.' })
  taskId!: string;

  @NullableCount('Number of calls that the vendor counts. Null if it did not say.', 5000)
  vendorCalls!: number | null;

  @Count(
    "Number of calls of the source by the ledger's statistics. Erased calls, and calls beyond their retention time, stay counted.",
    4900,
  )
  ledgerCalls!: number;

  @NullableCount(
    'Number of entries of the task that the vendor has called: people, not calls. Null if the list could not be read.',
    4800,
  )
  vendorEntries!: number | null;

  @NullableCount(
    'Number of these entries whose last call the ledger has. Erased calls count too. Null if the list could not be read.',
    4700,
  )
  ledgerEntries!: number | null;

  @Count(
    'Number of missing calls. Earlier attempts that the vendor counts but does not list are included.',
    100,
  )
  missing!: number;

  @ApiProperty({
    type: String,
    enum: [...VERDICTS],
    description:
      '`complete`: the ledger has every call that the vendor counts. `missing`: it lacks some. `surplus`: it has more; nothing is deleted. `unsettled`: calls are under way. `unknown`: the vendor cannot tell; `reason` says why.',
    example: 'missing',
  })
  verdict!: string;

  @ApiProperty({
    type: String,
    description: 'Why the verdict is this one.',
    example: "100 entries of the vendor's list are missing.",
  })
  reason!: string;

  @Instant('When the task was last compared with the vendor.')
  checkedAt!: string;
}

export class TaskCompletenessPage extends PageOf(
  TaskCompletenessDto,
  'The tasks, in the order of their ids.',
) {}

/** An entry of the vendor whose last call the ledger lacks, or lacked. */
@ApiSchema({ name: 'MissingEntry' })
export class MissingEntryDto {
  @ApiProperty({ type: String, description: 'The entry.', example: '9000000001' })
  detailId!: string;

  @NullableText("Its last call. Null if the vendor's list does not say.", '10000161')
  callId!: string | null;

  @NullableText("The caller's own reference.", 'order-4711')
  outId!: string | null;

  @Instant('When the vendor called. Null if it does not say.', true)
  callingTime!: string | null;

  @ApiProperty({
    type: String,
    enum: [...MISSING_STATES],
    description:
      '`missing`: the ledger lacks the call. `repaired`: a repair has written it. `unrepairable`: a repair could not get it; a later repair tries again.',
    example: 'missing',
  })
  state!: string;

  @NullableText('Why it could not be repaired. Null otherwise.', null)
  reason!: string | null;
}

export class MissingEntryPage extends PageOf(MissingEntryDto, 'The entries, in the order of their ids.') {}

class TaskConditions {
  @ListParameter({ description: 'Only these tasks.', example: TASK.example })
  taskId?: string[];

  @ChoicesParameter({ description: 'Only tasks with these verdicts.', example: 'missing' }, VERDICTS)
  verdict?: string[];
}

/** Filter for the tasks. A task must meet all conditions. */
export class CompletenessQuery extends IntersectionType(PageQuery, TaskConditions) {}

class MissingConditions {
  @ChoicesParameter({ description: 'Only entries in these states.', example: 'missing' }, MISSING_STATES)
  state?: string[];
}

/** Filter for the missing entries of a task. */
export class MissingQuery extends IntersectionType(PageQuery, MissingConditions) {}
