import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { createHash, randomUUID } from 'node:crypto';
import type { Repository } from 'typeorm';
import { Call } from '../../src/persistence/schema/entities/call.entities.js';
import type { CallRecordDto } from './call-record.dto.js';

@Injectable()
export class CallReportsService {
  constructor(@InjectRepository(Call) private readonly calls: Repository<Call>) {}

  /** Idempotent by callId: `save` looks which calls are there, inserts the others and updates what differs. */
  async save(records: readonly CallRecordDto[]): Promise<void> {
    const deliveryId = randomUUID();
    const receivedAt = new Date();
    await this.calls.save(records.map((record) => this.callOf(record, deliveryId, receivedAt)));
  }

  private callOf(record: CallRecordDto, deliveryId: string, receivedAt: Date): Call {
    return this.calls.create({
      ...record,
      originateTime: timeOf(record.originateTime),
      ringTime: timeOf(record.ringTime),
      startTime: timeOf(record.startTime),
      endTime: timeOf(record.endTime),
      bOriginateTime: timeOf(record.bOriginateTime),
      bRingTime: timeOf(record.bRingTime),
      bStartTime: timeOf(record.bStartTime),
      bEndTime: timeOf(record.bEndTime),
      occurredAt: timeOf(record.originateTime) ?? receivedAt,
      firstReceivedAt: receivedAt,
      lastReceivedAt: receivedAt,
      deliveryId,
      revision: 1,
      answered: record.smartStatusCode === 'ANSWERED',
      source: 'vendor',
      contentHash: createHash('md5').update(JSON.stringify(record)).digest(),
      extra: null,
      warnings: null,
    });
  }
}

function timeOf(text: string | null): Date | null {
  return text === null ? null : new Date(`${text.replace(' ', 'T')}+08:00`);
}
