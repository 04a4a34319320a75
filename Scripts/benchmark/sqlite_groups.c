// The reference for durable writes: the rows that PutParameter makes, in the tables that it makes them in, a savepoint
// for each put, a commit for every 64. Prints puts per second. Usage: sqlite_groups FILE SECONDS SCHEMA
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
    if (count != 4 || sqlite3_open(arguments[1], &database) != SQLITE_OK) return 2;
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=4000;"
        "PRAGMA cache_size=-4096;");
    run(arguments[3]);
    sqlite3_stmt *inserts[] = {
        prepare("INSERT INTO ssm_parameter VALUES ('000000000000','us-east-1',substr(?1,2),?1,1,'Standard','String',NULL,'text')"),
        prepare("INSERT INTO ssm_parameter_version VALUES ('000000000000','us-east-1',substr(?1,2),1,'String',x'76616c7565',NULL,"
                "NULL,NULL,'Standard',NULL,'text',1795472204499,'arn:aws:iam::000000000000:root')"),
        prepare("INSERT INTO journal VALUES (NULL,1795472204499,'6b1f2c1e-8d5a-4a57-9d0e-3f2d0a8d6c11',NULL,'000000000000',"
                "'us-east-1','ssm','created','arn:aws:ssm:us-east-1:000000000000:parameter'||?1,'arn:aws:iam::000000000000:root',"
                "'{\"version\":1,\"operation\":\"PutParameter\"}')"),
        prepare("INSERT INTO journal VALUES (NULL,1795472204499,'6b1f2c1e-8d5a-4a57-9d0e-3f2d0a8d6c11',last_insert_rowid(),"
                "'000000000000','us-east-1','ssm','event','arn:aws:ssm:us-east-1:000000000000:parameter'||?1,"
                "'arn:aws:iam::000000000000:root','{\"version\":\"0\",\"id\":\"27344e83-dc32-4903-af12-5792459a7ad8\","
                "\"detail-type\":\"Parameter Store Change\",\"source\":\"aws.ssm\",\"account\":\"000000000000\","
                "\"time\":\"2026-11-24T12:17:05Z\",\"region\":\"us-east-1\","
                "\"resources\":[\"arn:aws:ssm:us-east-1:000000000000:parameter'||?1||'\"],"
                "\"detail\":{\"operation\":\"Create\",\"name\":\"'||?1||'\",\"type\":\"String\"}}')"),
    };
    sqlite3_stmt *savepoint = prepare("SAVEPOINT request"), *release = prepare("RELEASE request");
    double start = now();
    long puts = 0;
    while (now() - start < atof(arguments[2])) {
        run("BEGIN IMMEDIATE");
        for (int place = 0; place < 64; place++) {
            char name[64];
            snprintf(name, sizeof name, "/bench/%ld/%ld/1795472204499", puts % 2, puts / 2);
            puts++;
            step(savepoint);
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
