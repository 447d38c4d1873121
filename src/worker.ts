// The program of each thread of `workers/`. Arguments and results are copied between the threads.
import 'reflect-metadata';
import { check, read } from './ingestion/reading/tasks.js';
import { lateCores } from './ingestion/writing/late-numbers.js';
import { eraseBody } from './privacy/erasure/body-eraser.js';
import type { Outcome, Work } from './workers/workers.js';

/** A task is a declared function: in the bundle, arrow functions have no names (scripts/bundle-service.mjs). */
const DECLARED = [check, read, lateCores, eraseBody];
const TASKS = new Map<string, (input: never) => unknown>(DECLARED.map((task) => [task.name, task]));
if (TASKS.has('') || TASKS.size < DECLARED.length) throw new Error('each task needs a name of its own');

/** Runs a task. Its error is returned, because errors that a thread throws are its own. */
export async function run({ task, input }: Work): Promise<Outcome> {
  try {
    const work = TASKS.get(task);
    if (work === undefined) throw new Error(`there is no task ${task}`);
    return { result: await work(input as never) };
  } catch (error) {
    return { error };
  }
}
