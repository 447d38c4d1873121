// Preloaded into a service: writes each statement that it sends into the file SENT_STATEMENTS, once, as a line of JSON.
import { appendFileSync } from 'node:fs';
import { Client } from 'pg';

const seen = new Set();

Client.prototype.query = new Proxy(Client.prototype.query, {
  apply(query, client, args) {
    const [statement] = args;
    const text = typeof statement === 'string' ? statement : statement.text;
    if (!seen.has(text)) appendFileSync(process.env.SENT_STATEMENTS, `${JSON.stringify(text)}\n`);
    seen.add(text);
    return Reflect.apply(query, client, args);
  },
});
