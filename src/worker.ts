// The program of each thread of `workers/`: its exports are the tasks. What goes in and out is copied from one thread to the other.
import 'reflect-metadata';

export { check, read } from './ingestion/reading/tasks.js';
export { lateCores } from './ingestion/writing/late-numbers.js';
export { eraseBody } from './privacy/erasure/body-eraser.js';
