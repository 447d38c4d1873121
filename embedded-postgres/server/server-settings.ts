// The server gets its settings on its command line. So they are always those of the running version of Call Ledger,
// whatever postgresql.conf says.

/**
 * Chosen for a small box: 2 cores, a few GB of memory, an SSD. The sizes of the write-ahead log and the
 * time between checkpoints stay at 1 GB and 5 min. More of either makes the recovery after a crash longer.
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
  // With this setting, the server ends queries of a killed service when it sees that the client is gone. On Windows
  // it can't see that, and refuses the setting.
  ...(process.platform === 'win32' ? {} : { client_connection_check_interval: '5s' }),
  // The log must not contain data of queries, above all no phone numbers. Statements would be in STATEMENT lines,
  // and values in DETAIL lines.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
};

/**
 * Durability depends on these settings, and so does the way in which the service finds the server. They can't be
 * changed.
 */
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

/** Returns the server's arguments `-c name=value`. `extra` replaces defaults, but not the fixed settings. */
export function settingArguments(port: number, extra: Readonly<Record<string, string>>): string[] {
  const settings = { ...DEFAULTS, ...extra, ...FIXED, port: String(port) };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/**
 * Returns the environment for the server's programs, with only a few variables of this process. The others may
 * contain tokens and keys, and the server would use PGDATA, PGPORT and others.
 */
export function serverEnvironment(): Record<string, string> {
  const passed = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LD_LIBRARY_PATH'];
  const entries = passed.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(entries), LC_ALL: 'C', TZ: 'UTC' };
}
