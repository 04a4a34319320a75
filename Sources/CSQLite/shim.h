#include <sqlite3.h>

/* Swift cannot call functions with a variable number of arguments. */

/// Leaves out SQLite's count of its own memory, whose lock every allocation of every connection takes.
/// Only before the first connection is opened (https://www.sqlite.org/c3ref/c_config_covering_index_scan.html).
static inline int windtunnel_sqlite3_count_no_memory(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
