// `npm run simulate -- …` builds if the sources have changed, and then plays the vendor (simulator/).
import '../src/node-version.mjs';
import { build } from './build.mjs';

await build({ ifChanged: true });
await import('../dist/simulator/main.js');
