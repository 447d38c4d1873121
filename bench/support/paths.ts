import { fileURLToPath } from 'node:url';

/** The project's folder. This file runs from dist.bench/bench/support. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** The service, as it is built. */
export const SERVICE = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
/** The simulator, as it is built. */
export const SIMULATOR = fileURLToPath(new URL('../../../dist/simulator/main.js', import.meta.url));
/** What one would write otherwise. */
export const BASELINE = fileURLToPath(new URL('../baseline/main.js', import.meta.url));
/** A service that reads pushes and keeps nothing. */
export const EMPTY = fileURLToPath(new URL('../answer/empty.js', import.meta.url));
