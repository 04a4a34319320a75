// The reference for durable writes: the rows that an operation makes, in the tables that it makes them in, a savepoint for
// each operation, a commit for every 64. Prints operations per second, for receive10 messages and for events events.
// Usage: sqlite_groups FILE SECONDS SCHEMA put|send|receive|receive10|events
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

#define JOURNAL "INSERT INTO journal VALUES (NULL,1795472204499,'6b1f2c1e-8d5a-4a57-9d0e-3f2d0a8d6c11',"

// PutParameter: the parameter, its version, the change and the event.
static void prepare_put(sqlite3_stmt **statements) {
    statements[0] = prepare(
        "INSERT INTO ssm_parameter VALUES ('000000000000','us-east-1',substr(?1,2),?1,1,'Standard','String',NULL,'text')");
    statements[1] = prepare(
        "INSERT INTO ssm_parameter_version VALUES ('000000000000','us-east-1',substr(?1,2),1,'String',x'76616c7565',NULL,"
        "NULL,NULL,'Standard',NULL,'text',1795472204499,'arn:aws:iam::000000000000:root')");
    statements[2] = prepare(
        JOURNAL "NULL,'000000000000','us-east-1','ssm','created','arn:aws:ssm:us-east-1:000000000000:parameter'||?1,"
        "'arn:aws:iam::000000000000:root','{\"version\":1,\"operation\":\"PutParameter\"}')");
    statements[3] = prepare(
        JOURNAL "last_insert_rowid(),'000000000000','us-east-1','ssm','event',"
        "'arn:aws:ssm:us-east-1:000000000000:parameter'||?1,"
        "'arn:aws:iam::000000000000:root','{\"version\":\"0\",\"id\":\"27344e83-dc32-4903-af12-5792459a7ad8\","
        "\"detail-type\":\"Parameter Store Change\",\"source\":\"aws.ssm\",\"account\":\"000000000000\","
        "\"time\":\"2026-11-24T12:17:05Z\",\"region\":\"us-east-1\","
        "\"resources\":[\"arn:aws:ssm:us-east-1:000000000000:parameter'||?1||'\"],"
        "\"detail\":{\"operation\":\"Create\",\"name\":\"'||?1||'\",\"type\":\"String\"}}')");
}

#define NOTE(kind, operation) \
    JOURNAL "NULL,'000000000000','us-east-1','sqs','" kind "','arn:aws:sqs:us-east-1:000000000000:bench'," \
    "'arn:aws:iam::000000000000:root','{\"operation\":\"" operation "\",\"messageIds\":[\"6b1f2c1e-8d5a-4a57-9d0e-'||?1||'\"]}')"

#define ID "\"6b1f2c1e-8d5a-4a57-9d0e-'||?1||'\""
#define NOTE10(kind, operation) \
    JOURNAL "NULL,'000000000000','us-east-1','sqs','" kind "','arn:aws:sqs:us-east-1:000000000000:bench'," \
    "'arn:aws:iam::000000000000:root','{\"operation\":\"" operation "\",\"messageIds\":[" ID "," ID "," ID "," ID "," ID \
    "," ID "," ID "," ID "," ID "," ID "]}')"

// SendMessage: the message and its line in the journal.
static void prepare_send(sqlite3_stmt **statements) {
    statements[0] = prepare(
        "INSERT INTO sqs_message (queue, visible, sent, message_id, body, sender, receives) VALUES (1,1795472204499,"
        "1795472204499,'6b1f2c1e-8d5a-4a57-9d0e-'||?1,'message','000000000000',0)");
    statements[1] = prepare(NOTE("messageSent", "SendMessage"));
}

// ReceiveMessage and DeleteMessage, which are two operations.
static void prepare_receive(sqlite3_stmt **statements) {
    statements[0] = prepare(
        "UPDATE sqs_message SET visible = 1795472234499, receives = 1, first_received = 1795472204499, "
        "receipt = 4539945067417721084 WHERE sequence = (SELECT sequence FROM sqs_message WHERE queue = 1 "
        "AND visible <= 1795472204499 ORDER BY visible, sent, sequence LIMIT 1) AND ?1 <> ''");
    statements[1] = prepare(NOTE("messageReceived", "ReceiveMessage"));
    statements[2] = prepare("DELETE FROM sqs_message WHERE sequence = (SELECT min(sequence) FROM sqs_message) AND ?1 <> ''");
    statements[3] = prepare(NOTE("messageDeleted", "DeleteMessage"));
}

// The same for ten messages at a time.
static void prepare_receive10(sqlite3_stmt **statements) {
    statements[0] = prepare(
        "UPDATE sqs_message SET visible = 1795472234499, receives = 1, first_received = 1795472204499, "
        "receipt = 4539945067417721084 WHERE sequence IN (SELECT sequence FROM sqs_message WHERE queue = 1 "
        "AND visible <= 1795472204499 ORDER BY visible, sent, sequence LIMIT 10) AND ?1 <> ''");
    statements[1] = prepare(NOTE10("messageReceived", "ReceiveMessage"));
    statements[2] = prepare(
        "DELETE FROM sqs_message WHERE sequence IN (SELECT sequence FROM sqs_message ORDER BY sequence LIMIT 10) "
        "AND ?1 <> ''");
    statements[3] = prepare(NOTE10("messageDeleted", "DeleteMessageBatch"));
}

#define EVENT "{\"version\":\"0\",\"id\":\"'||?1||'\",\"detail-type\":\"Order\",\"source\":\"shop\"," \
    "\"account\":\"000000000000\",\"time\":\"2026-11-24T12:17:05Z\",\"region\":\"us-east-1\",\"resources\":[]," \
    "\"detail\":{\"order\":\"A-4711\",\"state\":\"paid\",\"amount\":129.9}}"
#define BUS "'arn:aws:events:us-east-1:000000000000:event-bus/default'"
#define RULE "arn:aws:events:us-east-1:000000000000:rule/bench"
#define QUEUE "arn:aws:sqs:us-east-1:000000000000:bench"
#define ATTEMPT "\"attempt\":1,\"time\":\"2026-11-24T12:17:05.499Z\",\"outcome\":\"delivered\"," \
    "\"answer\":\"MessageId 748f4690-f741-4c7c-9e8f-f29adf24f44c\""

// An event of PutEvents that a rule sends to a queue: the event in the journal, the message, what is kept for explanations.
// The index by message ids is written to at random places, as ids are.
static void prepare_events(sqlite3_stmt **statements) {
    statements[0] = prepare(
        JOURNAL "NULL,'000000000000','us-east-1','events','event'," BUS ",'arn:aws:iam::000000000000:root','" EVENT "')");
    statements[1] = prepare(
        "INSERT INTO sqs_message (queue, visible, sent, message_id, body, sender, receives) VALUES (1,1795472204499,"
        "1795472204499,'6b1f2c1e-8d5a-4a57-9d0e-'||?1,'" EVENT "','events.amazonaws.com',0)");
    statements[2] = prepare(
        "INSERT INTO publication VALUES (NULL,'000000000000','us-east-1'," BUS ",hex(randomblob(18)),1795472204499,"
        "'{\"event\":" EVENT ",\"ingested\":1795472204499,\"traceHeader\":null,\"localHops\":0,\"regionalHops\":0}')");
    statements[3] = prepare(
        "INSERT INTO delivery VALUES (NULL,'000000000000','us-east-1','events',last_insert_rowid()," BUS ",'" RULE "','" QUEUE
        "',NULL,'{\"rule\":\"bench\",\"target\":{\"Id\":\"1\",\"Arn\":\"" QUEUE "\"}}','{\"immediate\":0,\"preBackOff\":0,"
        "\"backOff\":7,\"postBackOff\":178,\"leastSeconds\":1,\"greatestSeconds\":60,\"preBackOffSeconds\":null,"
        "\"function\":\"exponential\",\"perSecond\":null,\"maximumAgeSeconds\":86400,\"hasJitter\":true}',NULL,"
        "'delivered',1,NULL,1795472204499,1795472204499,4711,'[{" ATTEMPT "}]')");
    statements[4] = prepare(
        JOURNAL "4711,'000000000000','us-east-1','events','delivery','" QUEUE "','arn:aws:iam::000000000000:root','{" ATTEMPT
        ",\"delivery\":4711,\"source\":\"" RULE "\",\"state\":\"delivered\"}' || substr(?1, 1, 0))");
}

// The statements are run one after the other until there are so many rows.
static long groups(sqlite3_stmt **statements, int statement_count, int rows, int per_savepoint, double seconds, long limit) {
    sqlite3_stmt *savepoint = prepare("SAVEPOINT request"), *release = prepare("RELEASE request");
    double start = now();
    long count = 0;
    while (now() - start < seconds && count < limit) {
        run("BEGIN IMMEDIATE");
        for (int place = 0; place < 64; place++) {
            char name[64];
            snprintf(name, sizeof name, "/bench/%ld/%ld/1795472204499", count % 2, count / 2);
            count++;
            for (int row = 0; row < rows; row++) {
                if (row % per_savepoint == 0) step(savepoint);
                sqlite3_stmt *statement = statements[row % statement_count];
                sqlite3_bind_text(statement, 1, name, -1, SQLITE_TRANSIENT);
                step(statement);
                if (row % per_savepoint == per_savepoint - 1) step(release);
            }
        }
        run("COMMIT");
    }
    return count;
}

int main(int count, char **arguments) {
    if (count != 5 || sqlite3_open(arguments[1], &database) != SQLITE_OK) return 2;
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=4000;"
        "PRAGMA cache_size=-4096;");
    run(arguments[3]);
    double seconds = atof(arguments[2]);
    sqlite3_stmt *statements[5];
    int statement_count = 2, per_operation = 1;
    if (strcmp(arguments[4], "put") == 0) {
        prepare_put(statements);
        statement_count = 4;
    } else if (strcmp(arguments[4], "events") == 0) {
        prepare_events(statements);
        statement_count = 5;
        per_operation = 10;
    } else {
        prepare_send(statements);
    }
    int rows = statement_count * per_operation, per_savepoint = rows;
    long limit = 400000, messages = per_operation;
    if (strncmp(arguments[4], "receive", 7) == 0) {
        groups(statements, statement_count, rows, per_savepoint, 60, limit);
        if (strcmp(arguments[4], "receive10") == 0) {
            prepare_receive10(statements);
            messages = 10;
            limit /= messages;
        } else {
            prepare_receive(statements);
        }
        statement_count = rows = 4;
        per_savepoint = 2;
    }
    double start = now();
    long done = groups(statements, statement_count, rows, per_savepoint, seconds, limit);
    printf("%.0f\n", done * messages / (now() - start));
    return 0;
}
