import { IsInt, IsNotEmpty, IsOptional, IsString, Matches, MaxLength, Min } from 'class-validator';

const TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;

/** The vendor's record, by the documentation of class-validator. */
export class CallRecordDto {
  @IsString() @IsNotEmpty() @MaxLength(512) callId!: string;

  @IsOptional() @IsString() @MaxLength(512) taskId!: string | null;
  @IsOptional() @IsString() @MaxLength(512) batchId!: string | null;
  @IsOptional() @IsString() @MaxLength(512) detailId!: string | null;
  @IsOptional() @IsString() @MaxLength(512) outId!: string | null;

  @IsOptional() @Matches(TIME) originateTime!: string | null;
  @IsOptional() @Matches(TIME) ringTime!: string | null;
  @IsOptional() @Matches(TIME) startTime!: string | null;
  @IsOptional() @Matches(TIME) endTime!: string | null;
  @IsOptional() @IsInt() @Min(0) duration!: number | null;

  @IsOptional() @Matches(TIME) bOriginateTime!: string | null;
  @IsOptional() @Matches(TIME) bRingTime!: string | null;
  @IsOptional() @Matches(TIME) bStartTime!: string | null;
  @IsOptional() @Matches(TIME) bEndTime!: string | null;
  @IsOptional() @IsInt() @Min(0) bDuration!: number | null;

  @IsOptional() @IsString() @MaxLength(128) statusCode!: string | null;
  @IsOptional() @IsString() @MaxLength(128) smartStatusCode!: string | null;
  @IsOptional() @IsString() @MaxLength(8192) statusMsg!: string | null;
  @IsOptional() @IsString() @MaxLength(128) caller!: string | null;
  @IsOptional() @IsString() @MaxLength(128) realCaller!: string | null;
  @IsOptional() @IsString() @MaxLength(128) callee!: string | null;
  @IsOptional() @IsString() @MaxLength(128) hangupDirection!: string | null;
}
