// A database with two roles, made by running what docs/security.md says.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { onDatabase, urlOf } from '../support/nodes.mjs';

const MIGRATE = fileURLToPath(new URL('../../dist/src/persistence/commands/migrate.js', import.meta.url));
const guide = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');

/** The statements of a block of SQL in the guide, by the comment that it begins with. */
export function statementsOf(name: string): string[] {
  const [, block = ''] = new RegExp(`\`\`\`sql\\n-- ${name}\\n([^]*?)\`\`\``).exec(guide) ?? [];
  return block
    .split(';\n')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

export class TwoRoles {
  private readonly id = randomUUID().slice(0, 8);
  readonly owner = `owner_${this.id}`;
  readonly service = `service_${this.id}`;
  private readonly name = `test_roles_${this.id}`;

  get ownerUrl(): string {
    return this.urlOf(this.owner, 'change-this-one');
  }

  get serviceUrl(): string {
    return this.urlOf(this.service, 'change-this-too');
  }

  /** Of the server's administrator. */
  get adminUrl(): string {
    return urlOf(process.env['TEST_DATABASE_URL'] ?? '', this.name);
  }

  /** As an administrator of the server is told to. */
  async setUp(): Promise<void> {
    for (const statement of statementsOf('setup')) await this.onServer(this.renamed(statement));
  }

  /** As an administrator of a Citus cluster is told to. @param nodes their URLs, the coordinator's first */
  async setUpOnCluster(nodes: readonly string[]): Promise<void> {
    const addressOf = (url: string) => `'${new URL(url).hostname}', ${new URL(url).port}`;
    const [coordinator = '', ...workers] = nodes;
    const addressed = (statement: string) =>
      statement
        .replace("'coordinator', 5432", addressOf(coordinator))
        .replace(/'worker-(\d)', 5432/, (_all, number: string) =>
          addressOf(workers[Number(number) - 1] ?? ''),
        );
    const run = async (url: string, block: string) => {
      for (const statement of statementsOf(block)) await onDatabase(url, this.renamed(addressed(statement)));
    };
    for (const node of nodes) await run(node, 'citus on every node');
    for (const node of nodes) await run(urlOf(node, this.name), 'citus in the database of every node');
    await run(urlOf(coordinator, this.name), 'citus on the coordinator');
  }

  async removeFromCluster(nodes: readonly string[]): Promise<void> {
    for (const node of nodes) await onDatabase(node, `DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
    for (const node of nodes)
      for (const role of [this.owner, this.service]) await onDatabase(node, `DROP ROLE IF EXISTS ${role}`);
  }

  /** @returns what the command printed, and its exit code */
  async migrate(
    url: string,
    role?: string,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly output: string; readonly code: number }> {
    const args = role === undefined ? [] : ['--grant-to', role];
    const env = { PATH: process.env['PATH'], DATABASE_URL: url, ...settings };
    try {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [MIGRATE, ...args], { env });
      return { output: stdout + stderr, code: 0 };
    } catch (error) {
      const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: number };
      return { output: stdout + stderr, code };
    }
  }

  async remove(): Promise<void> {
    await this.onServer(`DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
    for (const role of [this.owner, this.service]) await this.onServer(`DROP ROLE IF EXISTS ${role}`);
  }

  renamed(statement: string): string {
    return statement
      .replaceAll('ledger_owner', this.owner)
      .replaceAll('ledger_service', this.service)
      .replaceAll(/\bledger\b/g, this.name);
  }

  private urlOf(user: string, password: string): string {
    return Object.assign(new URL(this.adminUrl), { username: user, password }).href;
  }

  private async onServer(statement: string): Promise<void> {
    const client = new Client({ connectionString: process.env['TEST_DATABASE_URL'] });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }
}
