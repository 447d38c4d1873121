import type { Version } from '../records/call-factory.js';

const ACKNOWLEDGED = [1, 2] as const;
const GIVEN_UP = [4, 8] as const;
const SEEN = 16;
const RIGHT = 32;
const DOUBLE = 64;
const UNLISTED = 128;
const MESSAGES = { note: 1, recording: 2 } as const;

/**
 * What is known about each call, in one byte for each: which versions were acknowledged, which were sent in a push
 * that was given up (and may be stored nevertheless), and what verification has found.
 */
export class CallStates {
  private readonly states: Uint8Array;
  /** Which messages about each call were acknowledged beside its report. */
  private readonly messages: Uint8Array;

  constructor(readonly calls: number) {
    this.states = new Uint8Array(calls);
    this.messages = new Uint8Array(calls);
  }

  acknowledge(call: number, version: Version): void {
    this.set(call, ACKNOWLEDGED[version], true);
  }

  /** A push with this version was given up: the receiver may have it or not. */
  giveUp(call: number, version: Version): void {
    this.set(call, GIVEN_UP[version], true);
  }

  acknowledgeMessage(call: number, message: keyof typeof MESSAGES): void {
    this.messages[call] = (this.messages[call] ?? 0) | MESSAGES[message];
  }

  hasMessage(call: number, message: keyof typeof MESSAGES): boolean {
    return ((this.messages[call] ?? 0) & MESSAGES[message]) !== 0;
  }

  isAcknowledged(call: number): boolean {
    return this.has(call, ACKNOWLEDGED[0] | ACKNOWLEDGED[1]);
  }

  /**
   * Returns the versions that the ledger may have, the likeliest first: the last one that was acknowledged, then
   * those from pushes that were given up. Returns none if the call was never sent.
   */
  possibleVersions(call: number): Version[] {
    const versions: Version[] = [];
    const last = this.has(call, ACKNOWLEDGED[1]) ? 1 : this.has(call, ACKNOWLEDGED[0]) ? 0 : undefined;
    if (last !== undefined) versions.push(last);
    for (const version of [1, 0] as const) {
      if (version !== last && this.has(call, GIVEN_UP[version])) versions.push(version);
    }
    return versions;
  }

  isSeen(call: number): boolean {
    return this.has(call, SEEN);
  }

  /** Records that the ledger has a row for the call, and whether its content is right. */
  see(call: number, right: boolean): void {
    this.set(call, SEEN, true);
    this.set(call, RIGHT, right);
  }

  isRight(call: number): boolean {
    return this.has(call, RIGHT);
  }

  markDouble(call: number): void {
    this.set(call, DOUBLE, true);
  }

  isDouble(call: number): boolean {
    return this.has(call, DOUBLE);
  }

  /** Records that the call is found by its id, but not in the list of its task. */
  markUnlisted(call: number): void {
    this.set(call, UNLISTED, true);
  }

  isUnlisted(call: number): boolean {
    return this.has(call, UNLISTED);
  }

  private has(call: number, bits: number): boolean {
    return ((this.states[call] ?? 0) & bits) !== 0;
  }

  private set(call: number, bit: number, on: boolean): void {
    const state = this.states[call] ?? 0;
    this.states[call] = on ? state | bit : state & ~bit;
  }
}
