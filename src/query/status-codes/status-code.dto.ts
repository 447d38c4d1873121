import { ApiProperty, ApiSchema } from '@nestjs/swagger';

/** A code of the vendor and what is known about it. */
@ApiSchema({ name: 'StatusCode' })
export class StatusCodeDto {
  @ApiProperty({ type: String, description: 'The code.', example: '200010' })
  code!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: "What it means. Null if the vendor's tables do not list it.",
    example: 'Powered off',
  })
  label!: string | null;

  @ApiProperty({
    type: String,
    enum: ['documented', 'observed'],
    description: "`documented`: the vendor's tables list it. `observed`: it was only seen in calls.",
    example: 'documented',
  })
  provenance!: 'documented' | 'observed';

  @ApiProperty({ type: 'integer', description: 'Calls that have this code now.', example: 4711 })
  calls!: number;
}

/** Both tables of codes. */
export class StatusCodes {
  @ApiProperty({ type: [StatusCodeDto], description: "The carrier's results (`statusCode`)." })
  statusCode!: StatusCodeDto[];

  @ApiProperty({ type: [StatusCodeDto], description: "The product's own results (`smartStatusCode`)." })
  smartStatusCode!: StatusCodeDto[];
}
