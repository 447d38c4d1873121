// The same framework, the same bytes, nothing kept: what the machine and the client themselves add to an answer's time.
import 'reflect-metadata';
import { Controller, Get, HttpCode, Module, Post, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { IncomingMessage } from 'node:http';
import getRawBody from 'raw-body';

@Controller()
class EmptyController {
  @Post('push/:token/call-reports')
  @HttpCode(200)
  async push(@Req() request: IncomingMessage): Promise<{ code: number; msg: string }> {
    await getRawBody(request);
    return { code: 0, msg: 'Success' };
  }

  @Get('health')
  health(): { status: string } {
    return { status: 'ok' };
  }
}

@Module({ controllers: [EmptyController] })
class EmptyModule {}

const app = await NestFactory.create<NestExpressApplication>(EmptyModule, {
  bodyParser: false,
  logger: ['error'],
});
app.enableShutdownHooks();
await app.listen(Number(process.env['PORT']), '127.0.0.1');
