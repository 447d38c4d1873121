// Starts the service. The rest is loaded only after the check that Node.js is new enough.
import './node-version.mjs';

await import('./bootstrap.js');
