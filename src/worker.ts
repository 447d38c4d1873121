// The program of each thread of `workers/`. Its exports are the tasks. Arguments and results are copied between the
// threads.
import 'reflect-metadata';

export { check, read } from './ingestion/reading/tasks.js';
export { lateCores } from './ingestion/writing/late-numbers.js';
export { eraseBody } from './privacy/erasure/body-eraser.js';
