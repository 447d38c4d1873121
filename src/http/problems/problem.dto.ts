import { ApiProperty } from '@nestjs/swagger';

/** One thing that is wrong with a request. */
export class ProblemDetail {
  @ApiProperty({ type: String, description: 'The parameter or field.', example: 'limit' })
  path!: string;

  @ApiProperty({ type: String, description: 'What is wrong with it.', example: 'must be from 1 to 1000' })
  message!: string;
}

/** An error as RFC 9457 describes it (`application/problem+json`). */
export class Problem {
  @ApiProperty({
    type: String,
    description: 'Always `about:blank`. `status` gives the kind of error.',
    example: 'about:blank',
  })
  type!: string;

  @ApiProperty({ type: String, description: 'The name of the HTTP status.', example: 'Bad Request' })
  title!: string;

  @ApiProperty({ type: 'integer', minimum: 400, maximum: 599, description: 'The HTTP status.', example: 400 })
  status!: number;

  @ApiProperty({
    type: String,
    description: 'What went wrong.',
    example: 'The request has 1 invalid parameter',
  })
  detail!: string;

  @ApiProperty({
    type: String,
    description: "The request's id, as in the header `X-Request-Id` and in the log.",
    example: '0b0a5c1e-6c5f-4c3a-9d0e-7c1b7d1c9f52',
  })
  requestId!: string;

  @ApiProperty({
    type: [ProblemDetail],
    description: 'What is wrong with each parameter. Empty if the error is not about parameters.',
  })
  errors!: ProblemDetail[];
}
