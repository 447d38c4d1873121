// The URL of a database server in, the databases that tests are given out: on a server, or on every node of a Citus cluster.
import { Client } from 'pg';

/** What the tests' databases are cloned from. */
const LEDGER = 'ledger_template';
const EMPTY = 'empty_template';

/** @param {string} url @param {string} database */
export function urlOf(url, database) {
  return Object.assign(new URL(url), { pathname: `/${database}` }).href;
}

/** @param {string} url @param {string[]} statements each in a transaction of its own @returns the rows of the last one */
export async function onDatabase(url, ...statements) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    let rows = [];
    for (const statement of statements) ({ rows } = await client.query(statement));
    return rows;
  } finally {
    await client.end();
  }
}

/** The URLs of the coordinator and of its workers: of the one server when it has no workers. @param {string} url */
export async function nodesOf(url) {
  const [citus] = await onDatabase(url, "SELECT FROM pg_extension WHERE extname = 'citus'");
  if (citus === undefined) return [url];
  const workers = await onDatabase(url, 'SELECT nodename, nodeport FROM pg_dist_node WHERE groupid <> 0');
  return [
    url,
    ...workers.map(
      (node) => Object.assign(new URL(url), { hostname: node.nodename, port: node.nodeport }).href,
    ),
  ];
}

/**
 * Makes the templates on every node. A cluster's databases are cloned node by node: what Citus knows of nodes and shards is in
 * the databases themselves, and holds for their clones.
 *
 * @param {string[]} nodes @param {string} suffix of the templates' names @param {(url: string) => Promise<void>} migrate
 * @returns the templates' names
 */
export async function makeTemplates(nodes, suffix, migrate) {
  const empty = `${EMPTY}${suffix}`;
  const ledger = `${LEDGER}${suffix}`;
  const [coordinator = '', ...workers] = nodes;
  await onNodes(nodes, `CREATE DATABASE ${empty} ENCODING 'UTF8' TEMPLATE template0`);
  if (workers.length > 0) {
    for (const node of nodes) await onDatabase(urlOf(node, empty), 'CREATE EXTENSION citus');
    const added = workers.map(
      (node) => `SELECT citus_add_node('${new URL(node).hostname}', ${new URL(node).port})`,
    );
    const { hostname, port } = new URL(coordinator);
    await onDatabase(
      urlOf(coordinator, empty),
      `SELECT citus_set_coordinator_host('${hostname}', ${port})`,
      ...added,
    );
  }
  await seal(nodes, empty);
  await onNodes(nodes, `CREATE DATABASE ${ledger} TEMPLATE ${empty}`);
  await migrate(urlOf(coordinator, ledger));
  await seal(nodes, ledger);
  return { empty, ledger };
}

/**
 * Clones a database on every node. Its connections are ended: PostgreSQL clones no database to which somebody is connected, and
 * Citus's maintenance daemon always is.
 *
 * @param {string[]} nodes @param {string} from @param {string} to the new database's name
 */
export async function cloneDatabase(nodes, from, to) {
  await seal(nodes, from);
  await onNodes(
    nodes,
    `CREATE DATABASE ${to} TEMPLATE ${from}`,
    `ALTER DATABASE ${from} ALLOW_CONNECTIONS true`,
  );
}

/** Ends the connections to a database, Citus's own ones too, and lets none be made: else nothing can be cloned from it. */
async function seal(nodes, database) {
  await onNodes(
    nodes,
    `ALTER DATABASE ${database} ALLOW_CONNECTIONS false`,
    `SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = '${database}'`,
  );
}

/**
 * On a cluster, its connections are ended first, and no new ones are let in: the server waits for them only 5 s, and Citus makes some
 * itself.
 *
 * @param {string[]} nodes @param {string} name
 */
export async function dropDatabase(nodes, name) {
  // The coordinator first: else it would go on asking the others.
  for (const node of nodes) {
    const isThere = `SELECT FROM pg_database WHERE datname = '${name}'`;
    if (nodes.length > 1 && (await onDatabase(node, isThere)).length > 0) await seal([node], name);
    await onDatabase(node, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }
}

/** @param {string[]} nodes @param {string[]} statements */
export async function onNodes(nodes, ...statements) {
  await Promise.all(nodes.map((node) => onDatabase(node, ...statements)));
}

/** @param {string[]} nodes @param {{ empty: string, ledger: string }} templates */
export async function dropTemplates(nodes, { empty, ledger }) {
  for (const name of [ledger, empty]) await onNodes(nodes, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}
