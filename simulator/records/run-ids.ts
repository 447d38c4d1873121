import { createHash } from 'node:crypto';

const digits = (value: number, length: number): string => String(value).padStart(length, '0');

/**
 * The ids of one run, in the vendor's shapes. Every id contains the run's nine digits, so that runs with different
 * seeds never share a call. Numbered parts start at 0.
 */
export class RunIds {
  /** Nine digits, the first not 0. */
  readonly run: string;
  private readonly callIdPattern: RegExp;
  private readonly detailIdPattern: RegExp;

  constructor(fingerprint: string) {
    const hash = createHash('sha256').update('run\n').update(fingerprint).digest();
    this.run = String(100_000_000 + (hash.readUIntBE(0, 6) % 900_000_000));
    this.callIdPattern = new RegExp(`^(?:1000${this.run}\\^1000|7${this.run})(\\d{9})$`);
    this.detailIdPattern = new RegExp(`^96${this.run}(\\d{8,})$`);
  }

  /** 18 digits. */
  taskId(task: number): string {
    return `1181${this.run}${digits(task, 5)}`;
  }

  batchId(task: number, batch: number): string {
    return `B${this.run}${digits(task, 4)}${digits(batch, 4)}`;
  }

  /** 19 digits. */
  detailId(detail: number): string {
    return `96${this.run}${digits(detail, 8)}`;
  }

  /** Returns the person's number from which `detailId` was made; undefined for an id of another run. */
  detailOf(detailId: string): number | undefined {
    const number = this.detailIdPattern.exec(detailId)?.[1];
    return number === undefined ? undefined : Number(number);
  }

  outId(detail: number): string {
    return `CRM-${this.run}-${digits(detail, 8)}`;
  }

  /** In the form of the vendor's example (`…^…`), or 19 digits if the id is sent as a JSON number. */
  callId(call: number, asNumber: boolean): string {
    return asNumber ? `7${this.run}${digits(call, 9)}` : `1000${this.run}^1000${digits(call, 9)}`;
  }

  /** Returns the call's number from which `callId` was made; undefined for an id of another run. */
  callOf(callId: string): number | undefined {
    const number = this.callIdPattern.exec(callId)?.[1];
    return number === undefined ? undefined : Number(number);
  }
}
