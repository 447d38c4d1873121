import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { transformSync } from '@swc/core';

const ROOT = resolve(import.meta.dirname, '../..');

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The simulator as a program of its own, compiled from the sources into a temporary folder. */
export class SimulatorProgram {
  readonly #folder = mkdtempSync(join(tmpdir(), 'simulator-program-'));

  constructor() {
    const sources = join(ROOT, 'src/simulator');
    for (const name of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue;
      const { code } = transformSync(readFileSync(join(sources, name), 'utf8'), {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'es6' },
      });
      const target = join(this.#folder, name.replace(/\.ts$/, '.js'));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, code);
    }
    writeFileSync(join(this.#folder, 'package.json'), '{"type":"module"}');
    symlinkSync(join(ROOT, 'node_modules'), join(this.#folder, 'node_modules'));
  }

  /** Where it is, to be run by others. */
  get path(): string {
    return join(this.#folder, 'main.js');
  }

  /** Runs it with nothing but these arguments; `onStart` gets a way to send it a signal. */
  run(
    args: readonly string[],
    onStart?: (kill: (signal: NodeJS.Signals) => void) => void,
  ): Promise<Finished> {
    const child = spawn(process.execPath, [this.path, ...args], {
      cwd: this.#folder,
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
    rmSync(this.#folder, { recursive: true });
  }
}
