import { ApiProperty, ApiSchema } from '@nestjs/swagger';

/** A code and what is known of it. */
@ApiSchema({ name: 'StatusCode' })
export class StatusCodeDto {
  @ApiProperty({ type: String, description: 'The code.', example: '200010' })
  code!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What it means; null when nobody says.',
    example: 'Powered off',
  })
  label!: string | null;

  @ApiProperty({
    type: String,
    enum: ['documented', 'observed'],
    description: "Whether the vendor's tables list it, or it was only seen in calls.",
    example: 'documented',
  })
  provenance!: 'documented' | 'observed';

  @ApiProperty({ type: 'integer', description: 'Calls that have it now.', example: 4711 })
  calls!: number;
}

/** Both tables of codes. */
export class StatusCodes {
  @ApiProperty({ type: [StatusCodeDto], description: "The carrier's results (`statusCode`)." })
  statusCode!: StatusCodeDto[];

  @ApiProperty({ type: [StatusCodeDto], description: "The product's own results (`smartStatusCode`)." })
  smartStatusCode!: StatusCodeDto[];
}
