import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Call } from '../../src/persistence/schema/entities/call.entities.js';
import { CallReportsController } from './call-reports.controller.js';
import { CallReportsService } from './call-reports.service.js';

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env['DATABASE_URL'],
      entities: [Call],
      poolSize: 10,
    }),
    TypeOrmModule.forFeature([Call]),
  ],
  controllers: [CallReportsController],
  providers: [CallReportsService],
})
export class AppModule {}
