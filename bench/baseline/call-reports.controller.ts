import { Body, Controller, Get, HttpCode, ParseArrayPipe, Post } from '@nestjs/common';
import { CallRecordDto } from './call-record.dto.js';
import { CallReportsService } from './call-reports.service.js';

@Controller()
export class CallReportsController {
  constructor(private readonly reports: CallReportsService) {}

  /** ParseArrayPipe is what Nest's documentation gives for arrays: a ValidationPipe for each element. */
  @Post('push/:token/call-reports')
  @HttpCode(200)
  async push(
    @Body(new ParseArrayPipe({ items: CallRecordDto, whitelist: true })) records: CallRecordDto[],
  ): Promise<{ code: number; msg: string }> {
    await this.reports.save(records);
    return { code: 0, msg: 'Success' };
  }

  @Get('health')
  health(): { status: string } {
    return { status: 'ok' };
  }
}
