/** Tests that start PostgreSQL themselves: embedded, as the service does, or to be stopped and killed. */
export const OWN_SERVER_TESTS = [
  'test/embedded-postgres/',
  'test/crash/',
  'test/model/model.test.ts',
  'test/metrics/alerting.test.ts',
  'test/service/start.test.ts',
  'test/service/shutdown.test.ts',
];
