import type { MigrationInterface, QueryRunner } from 'typeorm';

const TEXT = 'text COLLATE "C"';

/** The keys to the API. */
export class CreateApiKeys1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE api_keys (
        id uuid NOT NULL,
        name ${TEXT} NOT NULL,
        scopes text[] COLLATE "C" NOT NULL,
        sources text[] COLLATE "C",
        secret_hash bytea NOT NULL,
        created_at timestamptz NOT NULL,
        created_by ${TEXT} NOT NULL,
        expires_at timestamptz,
        revoked_at timestamptz,
        last_used_at timestamptz,
        CONSTRAINT api_keys_pkey PRIMARY KEY (id))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE api_keys');
  }
}
