// The reference for durable writes: the rows that PutParameter makes, a savepoint for each put, a commit for every 64.
// Prints puts per second. Usage: sqlite_groups FILE SECONDS
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static sqlite3 *database;

static void run(const char *sql) {
    char *error = NULL;
    if (sqlite3_exec(database, sql, NULL, NULL, &error) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", sql, error);
        exit(1);
    }
}

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(database));
        exit(1);
    }
    return statement;
}

static void step(sqlite3_stmt *statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) {
        fprintf(stderr, "%s\n", sqlite3_errmsg(database));
        exit(1);
    }
    sqlite3_reset(statement);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
    if (count != 3 || sqlite3_open(arguments[1], &database) != SQLITE_OK) return 2;
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;");
    run("CREATE TABLE parameter (account TEXT, region TEXT, name TEXT, spelling TEXT, latest INTEGER, tier TEXT, type TEXT,"
        " data_type TEXT, PRIMARY KEY (account, region, name)) STRICT, WITHOUT ROWID;"
        "CREATE TABLE version (account TEXT, region TEXT, name TEXT, version INTEGER, type TEXT, value BLOB, tier TEXT,"
        " data_type TEXT, modified INTEGER, modified_by TEXT, PRIMARY KEY (account, region, name, version)) STRICT, WITHOUT ROWID;"
        "CREATE TABLE journal (sequence INTEGER PRIMARY KEY, time INTEGER, request TEXT, account TEXT, region TEXT, service TEXT,"
        " kind TEXT, subject TEXT, principal TEXT, detail TEXT) STRICT;");
    sqlite3_stmt *parameter = prepare("INSERT INTO parameter VALUES ('000000000000','us-east-1',?1,?1,1,'Standard','String','text')");
    sqlite3_stmt *version = prepare("INSERT INTO version VALUES ('000000000000','us-east-1',?1,1,'String',x'76616c7565','Standard',"
                                    "'text',1795472204499,'arn:aws:iam::000000000000:root')");
    sqlite3_stmt *journal = prepare(
        "INSERT INTO journal (time,request,account,region,service,kind,subject,principal,detail) VALUES (1795472204499,"
        "'6b1f2c1e-8d5a-4a57-9d0e-3f2d0a8d6c11','000000000000','us-east-1','ssm','created',?1,'arn:aws:iam::000000000000:root',"
        "'{\"version\":1,\"operation\":\"PutParameter\"}')");
    sqlite3_stmt *savepoint = prepare("SAVEPOINT request"), *release = prepare("RELEASE request");
    double start = now();
    long puts = 0;
    while (now() - start < atof(arguments[2])) {
        run("BEGIN IMMEDIATE");
        for (int place = 0; place < 64; place++) {
            char name[64];
            snprintf(name, sizeof name, "bench/%ld", puts++);
            step(savepoint);
            sqlite3_stmt *inserts[] = {parameter, version, journal, journal};
            for (int row = 0; row < 4; row++) {
                sqlite3_bind_text(inserts[row], 1, name, -1, SQLITE_TRANSIENT);
                step(inserts[row]);
            }
            step(release);
        }
        run("COMMIT");
    }
    printf("%.0f\n", puts / (now() - start));
    return 0;
}
