import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyBuilt } from '../support/built-copy.js';

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The simulator as a program of its own, compiled from the sources into a temporary folder. */
export class SimulatorProgram {
  private readonly folder = mkdtempSync(join(tmpdir(), 'simulator-program-'));

  constructor() {
    copyBuilt(this.folder, ['simulator', 'platform']);
  }

  /** Where it is, to be run by others. */
  get path(): string {
    return join(this.folder, 'simulator', 'main.js');
  }

  /** Runs it with nothing but these arguments; `onStart` gets a way to send it a signal. */
  run(
    args: readonly string[],
    onStart?: (kill: (signal: NodeJS.Signals) => void) => void,
  ): Promise<Finished> {
    const child = spawn(process.execPath, [this.path, ...args], {
      cwd: this.folder,
      env: { PATH: process.env.PATH },
    });
    onStart?.((signal) => child.kill(signal));
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    return new Promise((finish, reject) => {
      child.on('error', reject);
      child.on('close', (exitCode) => {
        finish({ exitCode, stdout, stderr });
      });
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
