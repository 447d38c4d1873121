// Starts the service. All of it is loaded only once Node.js is known to be new enough.
import './node-version.mjs';

await import('./bootstrap.js');
