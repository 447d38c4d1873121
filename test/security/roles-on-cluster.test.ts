// The two roles on a Citus cluster, made by running what docs/security.md says.
import { afterEach, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onDatabase, urlOf } from '../support/nodes.mjs';
import { record } from '../support/records.js';
import { ACCESS, freePort, ServiceProcess } from '../support/service.js';
import { TwoRoles } from './two-roles.js';

const NODES = JSON.parse(process.env['TEST_DATABASE_NODES'] ?? '[]') as string[];
/** As many workers as the page has. */
const isWanted = NODES.length === 3;
if (!isWanted)
  console.warn('SKIPPED: needs a Citus cluster of two workers, which TEST_DATABASE_URL may name');
const CALL_IDS = Array.from({ length: 40 }, (_, index) => `call-${index}`);

const roles = new TwoRoles();
let folder: string;
let service: ServiceProcess | undefined;

afterEach(async () => {
  if (!isWanted) return;
  await service?.end('SIGKILL');
  await roles.removeFromCluster(NODES);
  rmSync(folder, { recursive: true, force: true });
});

(isWanted ? describe : describe.skip)('On a Citus cluster, what docs/security.md says', () => {
  it('is taken by every node, lets nobody else in, and is all that the service needs', async () => {
    folder = mkdtempSync(join(tmpdir(), 'call-ledger-roles-'));
    await roles.setUpOnCluster(NODES);
    const name = new URL(roles.adminUrl).pathname.slice(1);
    for (const node of NODES) {
      const rights = `SELECT pg_get_userbyid(datdba) AS owner, has_database_privilege('${roles.service}', oid, 'CONNECT') AS service,
        EXISTS (SELECT FROM aclexplode(datacl) WHERE grantee = 0) AS public FROM pg_database WHERE datname = '${name}'`;
      const found = await onDatabase(urlOf(node, name), rights);
      expect(found).toEqual([{ owner: roles.owner, service: true, public: false }]);
    }
    const migrated = await roles.migrate(roles.ownerUrl, roles.service, { DATABASE_DISTRIBUTED: 'citus' });
    expect(migrated).toMatchObject({ code: 0, output: expect.stringContaining('DistributeCalls') });
    const environment = { ...ACCESS, DATABASE_URL: roles.serviceUrl, ACK_DEADLINE_MS: '20000' };
    service = await ServiceProcess.start(folder, await freePort(), environment).ready();
    expect((await service.push(CALL_IDS.map((callId) => record(callId)))).status).toBe(200);
    expect((await service.push(CALL_IDS.map((callId) => record(callId, { duration: 7 })))).status).toBe(200);
    for (const callId of CALL_IDS) await service.has(callId);
    expect(await service.get('/v1/changes?limit=100')).toMatchObject({ upToDate: true });
    expect(await service.get('/health/ready')).toMatchObject({ details: { cluster: { status: 'up' } } });
  });
});
