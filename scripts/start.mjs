// `npm start`: builds what changed, then serves in this same process, so that a signal to it reaches the
// service itself (a shell in between would be ended and leave the service behind).
import { build } from './build.mjs';

build({ ifChanged: true });
await import('../dist/main.js');
