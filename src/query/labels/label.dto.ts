import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { SearchParameter } from '../../http/parameters/parameters.js';
import { Field, OptionalField, text } from '../../http/parameters/value-rules.js';
import { holdsNumber } from '../../numbers/find-numbers.js';

const LONGEST_NAME = 100;
const LONGEST_NOTE = 1000;
// A number could be erased nowhere but here, and everybody sees labels unmasked.
const NUMBERLESS = (value: string) => !holdsNumber(value);

const NAME = text({
  maxLength: LONGEST_NAME,
  pattern: '^[^\\x00-\\x1f\\x7f]*$',
  isOne: NUMBERLESS,
  expected: 'must be one line, without a phone number',
});
const NOTE = text({
  maxLength: LONGEST_NOTE,
  isOne: NUMBERLESS,
  expected: 'must not contain a NUL character or a phone number',
});

/** Describes the name of a task or of a batch in an answer. */
export function NameOf(what: 'task' | 'batch', required = true): PropertyDecorator {
  return ApiProperty({
    type: String,
    nullable: true,
    required,
    description: `The name of the ${what} as it is now: the label that somebody gave it, else the name of the vendor's API. Null if it has none.`,
    example: what === 'task' ? 'Spring sale' : 'Sunday, first wave',
  });
}

/** The filter of lists by name. */
export function NameParameter(what: 'tasks' | 'batches'): PropertyDecorator {
  const description = `Only ${what} whose name has this text in it, in upper or lower case.`;
  return SearchParameter({ description, example: 'sale' }, LONGEST_NAME);
}

/** Describes the note of a label in an answer. */
export function NoteOfLabel(): PropertyDecorator {
  return ApiProperty({
    type: String,
    nullable: true,
    description: 'The note of the label. Null if it has none.',
    example: 'Second attempt with the shorter greeting',
  });
}

/** A new label. */
export class LabelRequest {
  @Field(NAME, {
    description:
      'The name. Spaces around it are removed. An empty name removes the label; then the name of the vendor’s API shows, if there is one. It must not contain a phone number.',
    example: 'Spring sale',
  })
  name!: string;

  @OptionalField(NOTE, {
    description: 'A note. Default, and null: none. It must not contain a phone number.',
    example: 'Second attempt with the shorter greeting',
  })
  note?: string;
}

/** The label of a task or of a batch, as it is now. */
@ApiSchema({ name: 'Label' })
export class LabelDto {
  @ApiProperty({ type: String, description: 'The task.', example: '118100000000000001' })
  taskId!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The batch. Null for the label of a task.',
    example: 'B20250601',
  })
  batchId!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: "The name that shows now. It may come from the vendor's API. Null if there is none.",
    example: 'Spring sale',
  })
  name!: string | null;

  @NoteOfLabel()
  note!: string | null;
}
