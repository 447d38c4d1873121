// What one would write otherwise: Nest's own JSON body parser, ValidationPipe, class-validator DTOs, repository.save().
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';

const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ['error'] });
app.useBodyParser('json', { limit: '32mb' });
app.enableShutdownHooks();
await app.listen(Number(process.env['PORT']), '127.0.0.1');
