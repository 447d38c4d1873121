// Writes docs/call-ledger.postman_collection.json, for Postman, Bruno and others, from the API's description.
// `node scripts/collection.mjs <description> <collection>` reads and writes other files.
import '../src/node-version.mjs';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const SCHEMA = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** A folder for each tag, in the order of the description. */
function collectionOf(description) {
  const folders = new Map(description.tags.map((tag) => [tag.name, { ...tag, item: [] }]));
  const variables = new Map([
    ['baseUrl', 'http://127.0.0.1:3000'],
    ['apiKey', ''],
    ['pushToken', ''],
  ]);
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const method of METHODS.filter((name) => name in methods)) {
      const operation = methods[method];
      const item = requestOf(description, path, method, operation, variables);
      folders.get(operation.tags[0]).item.push(item);
    }
  }
  return {
    info: {
      name: description.info.title,
      description:
        'Made from the description of the API. Set the variables apiKey and baseUrl of this collection.',
      schema: SCHEMA,
    },
    auth: bearer('apiKey'),
    variable: [...variables].map(([key, value]) => ({ key, value, type: 'string' })),
    item: [...folders.values()].filter(({ item }) => item.length > 0),
  };
}

function requestOf(description, path, method, operation, variables) {
  const parameters = (operation.parameters ?? []).map((one) => resolved(description, one));
  const placed = (where) => parameters.filter((one) => one.in === where);
  const body = operation.requestBody?.content['application/json'];
  const headers = placed('header').map((one) => optional(one, description));
  if (body !== undefined) headers.unshift({ key: 'Content-Type', value: 'application/json' });
  return {
    name: operation.summary,
    request: {
      method: method.toUpperCase(),
      description: operation.description,
      ...authOf(operation),
      header: headers,
      url: urlOf(path, placed('path'), placed('query'), description, variables),
      ...(body !== undefined && {
        body: {
          mode: 'raw',
          raw: JSON.stringify(body.example ?? exampleOf(body.schema, description), null, 2),
          options: { raw: { language: 'json' } },
        },
      }),
    },
  };
}

/** Without one, a request has that of the collection. */
function authOf({ security }) {
  if (security.length === 0) return { auth: { type: 'noauth' } };
  return security.some((one) => 'pushToken' in one) ? { auth: bearer('pushToken') } : {};
}

function bearer(variable) {
  return { type: 'bearer', bearer: [{ key: 'token', value: `{{${variable}}}`, type: 'string' }] };
}

function urlOf(path, inPath, inQuery, description, variables) {
  const segments = path.slice(1).split('/');
  const variable = inPath.map((parameter) => {
    const index = segments.indexOf(`{${parameter.name}}`);
    const name = variableOf(parameter.name, segments[index - 1]);
    if (!variables.has(name)) variables.set(name, text(exampleOf(parameter.schema, description)));
    return { key: parameter.name, value: `{{${name}}}`, description: parameter.description };
  });
  const filled = segments.map((segment) => segment.replace(/^\{(.+)\}$/, ':$1'));
  return {
    raw: `{{baseUrl}}/${filled.join('/')}`,
    host: ['{{baseUrl}}'],
    path: filled,
    query: inQuery.map((parameter) => optional(parameter, description)),
    variable,
  };
}

/** What is called `id` in many paths has a variable for each of them. */
function variableOf(name, segmentBefore) {
  if (name === 'token') return 'pushToken';
  if (name !== 'id' && name !== 'name') return name;
  const one = segmentBefore.replace(/ies$/, 'y').replace(/s$/, '');
  const words = [...one.split('-'), name];
  return words.map((word, index) => (index === 0 ? word : word[0].toUpperCase() + word.slice(1))).join('');
}

/** Only what must be sent is sent, until somebody enables more. */
function optional({ name, required = false, description: words, schema }, description) {
  return { key: name, value: text(exampleOf(schema, description)), description: words, disabled: !required };
}

function text(example) {
  return Array.isArray(example) ? example.join(',') : String(example);
}

function resolved(description, value) {
  if (value?.$ref === undefined) return value;
  return value.$ref
    .slice(2)
    .split('/')
    .reduce((found, key) => found[key.replaceAll('~1', '/').replaceAll('~0', '~')], description);
}

/** The schema's own example, else one that is made of its parts. */
function exampleOf(given, description) {
  const schema = resolved(description, given);
  const own = [schema.example, schema.examples?.[0], schema.default, schema.const, schema.enum?.[0]];
  const found = own.find((value) => value !== undefined && value !== null);
  if (found !== undefined) return found;
  const [part] = schema.allOf ?? schema.oneOf ?? schema.anyOf ?? [];
  if (part !== undefined) return exampleOf(part, description);
  if (schema.items !== undefined) return [exampleOf(schema.items, description)];
  if (schema.properties === undefined) return '';
  // A cursor comes from an earlier answer.
  const names = Object.keys(schema.properties).filter((name) => name !== 'cursor');
  return Object.fromEntries(names.map((name) => [name, exampleOf(schema.properties[name], description)]));
}

let [from, to] = process.argv.slice(2);
if (from === undefined) {
  await build({ ifChanged: true });
  const written = spawnSync(process.execPath, ['dist/src/write-openapi.js'], { cwd: root, stdio: 'inherit' });
  if (written.status !== 0) process.exit(written.status ?? 1);
  [from, to] = [`${root}/openapi.json`, `${root}/docs/call-ledger.postman_collection.json`];
}
const collection = collectionOf(JSON.parse(readFileSync(from, 'utf8')));
writeFileSync(to, `${JSON.stringify(collection, null, 2)}\n`);
