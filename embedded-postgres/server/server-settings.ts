// The settings the embedded server is started with. They stand on its command line, so that they are always
// those of the running version of Call Ledger, whatever postgresql.conf says.

/**
 * Chosen for a small box: 2 cores, a few GB of memory, an SSD. Write-ahead log and checkpoints are left as they
 * are (1 GB, 5 min): more of either makes the recovery after a crash longer.
 */
const DEFAULTS: Readonly<Record<string, string>> = {
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  max_connections: '200',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  maintenance_work_mem: '128MB',
  work_mem: '8MB',
  random_page_cost: '1.1',
  // A service that is killed leaves its queries behind; they end when their client is seen to be gone. Windows
  // can't see it, and refuses the setting.
  ...(process.platform === 'win32' ? {} : { client_connection_check_interval: '5s' }),
  // Nothing that a caller sent, numbers of people above all, reaches the log: statements stand in STATEMENT
  // lines, values in DETAIL lines.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
};

/** What the service's promises and this module rest on: not to be changed by anyone. */
const FIXED: Readonly<Record<string, string>> = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  logging_collector: 'off',
  log_destination: 'stderr',
  restart_after_crash: 'on',
};

/** The server's arguments `-c name=value`. `extra` may change the defaults, not what durability rests on. */
export function settingArguments(port: number, extra: Readonly<Record<string, string>>): string[] {
  const settings = { ...DEFAULTS, ...extra, ...FIXED, port: String(port) };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/**
 * The environment of the server's programs. Nothing of ours goes along: it holds tokens and keys, and the
 * server would take PGDATA, PGPORT and the like from it.
 */
export function serverEnvironment(): Record<string, string> {
  const passed = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LD_LIBRARY_PATH'];
  const entries = passed.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(entries), LC_ALL: 'C', TZ: 'UTC' };
}
