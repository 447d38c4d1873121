// What several DTOs of calls have.
import { ApiProperty } from '@nestjs/swagger';

interface Field {
  readonly description: string;
  readonly example: unknown;
}

export const KnownText = (field: Field) => ApiProperty({ type: String, ...field });
export const KnownTime = (field: Field) => ApiProperty({ type: String, format: 'date-time', ...field });

/** The schema of any JSON. Each type is named, because Nest's document makes an object of an empty schema. */
export const ANY_VALUE = [
  { type: 'string' },
  { type: 'number' },
  { type: 'boolean' },
  { type: 'object', additionalProperties: true },
  { type: 'array', items: {} },
  { type: 'null' },
];

/** A field of the record that could not be read, or not completely. */
export class CallWarning {
  @KnownText({ description: 'The field.', example: 'ringTime' })
  field!: string;

  @KnownText({
    description: 'Why it could not be read completely.',
    example: 'is not a date and time of the calendar',
  })
  reason!: string;
}
