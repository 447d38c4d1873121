import { Injectable } from '@nestjs/common';
import type { ErasureJob, ErasureStep, FoundRows } from './erasure-job.js';
import { ErasureRepository } from './erasure.repository.js';
import { ErasedBytesRepository } from './erased-bytes.repository.js';
import { ErasedCallsRepository } from './erased-calls.repository.js';
import { ErasedMessagesRepository, type MessageTableName } from './erased-messages.repository.js';
import { ErasedRevisionsRepository } from './erased-revisions.repository.js';
import { ErasedNamesRepository } from './erased-names.repository.js';
import { JournalSearch } from './journal-search.js';

/** The most calls that one step locks and deletes. */
const MOST_ERASED_A_STEP = 500;

/** The job has to wait for something else to end. */
export class NotYetError extends Error {}

/** Runs the next step of an erasure, which depends on the job's phase. */
@Injectable()
export class ErasureSteps {
  constructor(
    private readonly jobs: ErasureRepository,
    private readonly calls: ErasedCallsRepository,
    private readonly revisions: ErasedRevisionsRepository,
    private readonly messages: ErasedMessagesRepository,
    private readonly bytes: ErasedBytesRepository,
    private readonly names: ErasedNamesRepository,
    private readonly journal: JournalSearch,
  ) {}

  /**
   * Runs one step and returns the job as it is afterwards.
   *
   * @param rows the most rows that the step looks at
   * @throws NotYetError if the job has to wait
   * @throws LeaseLostError if another process has taken the job over
   */
  async next(job: ErasureJob, rows: number): Promise<ErasureJob> {
    switch (job.phase) {
      case 'transactions':
        return this.awaitTransactions(job);
      case 'callees':
        return this.eraseCalls(job, await this.calls.withCallee(job, Math.min(rows, MOST_ERASED_A_STEP)));
      case 'calls':
        return this.eraseCalls(job, await this.calls.withText(job, rows));
      case 'revisions':
        return this.eraseRevisions(job, rows);
      case 'notes':
        return this.rewriteMessages('call_notes', job, rows);
      case 'recordings':
        return this.rewriteMessages('call_recordings', job, rows);
      case 'messageRevisions':
        return this.rewriteMessages('message_revisions', job, rows);
      case 'files':
        return this.awaitFiles(job);
      case 'bodies':
        return this.rewriteBodies(job, rows);
      case 'quarantine':
        return this.rewriteEntries(job, rows);
      case 'schemaDrift':
        return this.deleteDrift(job);
      case 'names':
        return this.rewriteNames(job);
      case 'journal':
        return this.searchJournal(job);
    }
  }

  private async awaitTransactions(job: ErasureJob): Promise<ErasureJob> {
    const begun = job.barrier === null ? await this.jobs.begin(job) : job;
    if (begun.barrier === null || !(await this.jobs.isBarrierPassed(begun.barrier)))
      throw new NotYetError('waits for the end of transactions that began before the request');
    return this.jobs.stepOn(begun, () => Promise.resolve(OVER));
  }

  /**
   * If many calls are found at once, they are deleted in several steps. Only the last step moves the place on. So after
   * a crash in between, the other calls are found again.
   */
  private async eraseCalls(job: ErasureJob, { rows, next }: FoundRows<string>): Promise<ErasureJob> {
    let now = job;
    for (let from = 0; from < rows.length - MOST_ERASED_A_STEP; from += MOST_ERASED_A_STEP) {
      const some = rows.slice(from, from + MOST_ERASED_A_STEP);
      now = await this.jobs.stepOn(now, async (transaction): Promise<ErasureStep> => {
        const erased = await this.calls.erase(transaction, job, some);
        return { next: job.place ?? '', erased };
      });
    }
    const rest = rows.slice(
      Math.floor(Math.max(0, rows.length - 1) / MOST_ERASED_A_STEP) * MOST_ERASED_A_STEP,
    );
    return this.jobs.stepOn(now, async (transaction) => ({
      next,
      erased: await this.calls.erase(transaction, job, rest),
    }));
  }

  private async eraseRevisions(job: ErasureJob, limit: number): Promise<ErasureJob> {
    const { rows, next } = await this.revisions.withText(job, limit);
    return this.jobs.stepOn(job, async (transaction) => ({
      next,
      erased: await this.revisions.erase(transaction, job.search, rows),
    }));
  }

  private async awaitFiles(job: ErasureJob): Promise<ErasureJob> {
    if (await this.messages.areFilesLeft())
      throw new NotYetError('waits until files of recordings are removed from the store');
    return this.jobs.stepOn(job, () => Promise.resolve(OVER));
  }

  private async rewriteMessages(
    table: MessageTableName,
    job: ErasureJob,
    limit: number,
  ): Promise<ErasureJob> {
    const { rows, next } = await this.messages.withText(table, job, limit);
    return this.jobs.stepOn(job, async (transaction) => ({
      next,
      erased: {},
      uncounted: await this.messages.rewrite(transaction, table, job, rows),
    }));
  }

  private async rewriteBodies(job: ErasureJob, limit: number): Promise<ErasureJob> {
    const { held, next } = await this.bytes.bodies(job, limit);
    return this.jobs.stepOn(job, async (transaction) => ({
      next,
      erased: { bodies: await this.bytes.rewriteBodies(transaction, held) },
    }));
  }

  private async rewriteEntries(job: ErasureJob, limit: number): Promise<ErasureJob> {
    const { held, next } = await this.bytes.entries(job, limit);
    return this.jobs.stepOn(job, async (transaction) => ({
      next,
      erased: { quarantineEntries: await this.bytes.rewriteEntries(transaction, held) },
    }));
  }

  private deleteDrift(job: ErasureJob): Promise<ErasureJob> {
    return this.jobs.stepOn(job, async (transaction) => {
      await this.bytes.alignRedeliveries(transaction, job);
      return { next: undefined, erased: { schemaDrift: await this.bytes.deleteDrift(transaction, job) } };
    });
  }

  private rewriteNames(job: ErasureJob): Promise<ErasureJob> {
    return this.jobs.stepOn(job, async (transaction) => {
      const names = await this.names.rewriteNames(transaction, job);
      const reasons = await this.names.rewriteReasons(transaction, job);
      const missing = await this.names.deleteMissing(transaction, job);
      const followers = await this.names.deleteFollowers(transaction, job);
      return { next: undefined, erased: {}, uncounted: names + reasons + missing + followers };
    });
  }

  private async searchJournal(job: ErasureJob): Promise<ErasureJob> {
    if (await this.journal.isWaiting(job))
      throw new NotYetError('waits until entries of the journal are written into the database');
    const journalEntries = await this.journal.rewriteDamaged(job);
    return this.jobs.stepOn(job, () => Promise.resolve({ next: undefined, erased: { journalEntries } }));
  }
}

const OVER: ErasureStep = { next: undefined, erased: {} };
