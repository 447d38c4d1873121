// `npm run simulate -- …`: builds what changed, then plays the vendor (src/simulator).
import { build } from './build.mjs';

build({ ifChanged: true });
await import('../dist/simulator/main.js');
