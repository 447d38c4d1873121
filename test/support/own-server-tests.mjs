/** Tests that start PostgreSQL themselves: embedded, as the service does, or to be stopped and killed. */
export const OWN_SERVER_TESTS = [
  'test/embedded-postgres/',
  'test/crash/',
  'test/model/model.long.test.ts',
  'test/metrics/alerting.system.test.ts',
  'test/service/start.system.test.ts',
  'test/service/shutdown.system.test.ts',
];
