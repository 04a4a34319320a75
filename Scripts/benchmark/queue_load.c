// A consumer's load on a queue: each connection receives, deletes what it got, and receives again.
// Prints deleted messages per second.
// Usage: queue_load PORT SECONDS CONNECTIONS MESSAGES_AT_A_TIME QUEUE_URL
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT = 64 * 1024 };

struct connection {
    int descriptor, deleting;
    size_t length;
    char input[LIMIT], body[LIMIT / 2];
    const char *operation;
};

static int at_a_time, poll;
static struct sockaddr_in address;
static const char *queue;
static long deleted;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void fail(const char *what) {
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static void request(struct connection *connection, const char *operation, const char *body) {
    char text[LIMIT];
    int length = snprintf(text, sizeof text,
                          "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-amz-json-1.0\r\n"
                          "X-Amz-Target: AmazonSQS.%s\r\nAuthorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/"
                          "aws4_request, SignedHeaders=host, Signature=0\r\nContent-Length: %zu\r\n\r\n%s",
                          operation, strlen(body), body);
    // A connection that the server has closed is noticed when it is read.
    (void)!send(connection->descriptor, text, length, MSG_NOSIGNAL);
}

static void receive(struct connection *connection) {
    char body[1024];
    snprintf(body, sizeof body, "{\"QueueUrl\":\"%s\",\"MaxNumberOfMessages\":%d}", queue, at_a_time);
    connection->deleting = 0;
    request(connection, "ReceiveMessage", body);
}

// Deletes what the answer to a receive holds; an empty one is asked for again.
static void delete_received(struct connection *connection, const char *answer) {
    static const char mark[] = "\"ReceiptHandle\"";
    char *body = connection->body;
    const size_t room = sizeof connection->body;
    int length = snprintf(body, room, "{\"QueueUrl\":\"%s\",", queue), count = 0;
    if (at_a_time > 1) length += snprintf(body + length, room - length, "\"Entries\":[");
    for (const char *found = answer; (found = strstr(found, mark)) != NULL; count++) {
        // Some write a blank after the colon.
        const char *open = strchr(found + sizeof mark - 1, '"'), *end = open ? strchr(open + 1, '"') : NULL;
        if (end == NULL) fail("handle");
        const char *handle = open + 1;
        if (at_a_time > 1)
            length += snprintf(body + length, room - length, "%s{\"Id\":\"%d\",\"ReceiptHandle\":\"%.*s\"}",
                               count ? "," : "", count, (int)(end - handle), handle);
        else
            length += snprintf(body + length, room - length, "\"ReceiptHandle\":\"%.*s\"", (int)(end - handle), handle);
        found = end;
    }
    if (count == 0) return receive(connection);
    snprintf(body + length, room - length, at_a_time > 1 ? "]}" : "}");
    connection->deleting = count;
    connection->operation = at_a_time > 1 ? "DeleteMessageBatch" : "DeleteMessage";
    request(connection, connection->operation, body);
}

static void open_connection(struct connection *connection) {
    int yes = 1;
    connection->descriptor = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connection->descriptor, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
    setsockopt(connection->descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    epoll_ctl(poll, EPOLL_CTL_ADD, connection->descriptor, &event);
    connection->length = 0;
}

// Some servers close a connection after each answer: what was asked for is asked for again.
static void open_again(struct connection *connection) {
    close(connection->descriptor);
    open_connection(connection);
    if (connection->deleting) request(connection, connection->operation, connection->body);
    else receive(connection);
}

static void readable(struct connection *connection) {
    ssize_t count = recv(connection->descriptor, connection->input + connection->length,
                         LIMIT - 1 - connection->length, 0);
    if (count <= 0) return open_again(connection);
    connection->length += count;
    connection->input[connection->length] = 0;
    const char *end = strstr(connection->input, "\r\n\r\n");
    const char *length = strcasestr(connection->input, "content-length:");
    if (end == NULL || length == NULL) return;
    if (connection->length < (size_t)(end + 4 - connection->input) + atol(length + 15)) return;
    if (strncmp(connection->input, "HTTP/1.1 200", 12) != 0) fail(connection->input);
    connection->length = 0;
    deleted += connection->deleting;
    if (connection->deleting) receive(connection);
    else delete_received(connection, end + 4);
}

int main(int count, char **arguments) {
    if (count != 6) return 2;
    int connections = atoi(arguments[3]);
    poll = epoll_create1(0);
    at_a_time = atoi(arguments[4]);
    queue = arguments[5];
    address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1])),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct connection *all = calloc(connections, sizeof *all);
    double start = now(), end = start + atof(arguments[2]);
    for (int index = 0; index < connections; index++) {
        open_connection(&all[index]);
        receive(&all[index]);
    }
    while (now() < end) {
        struct epoll_event events[64];
        int ready = epoll_wait(poll, events, 64, 100);
        for (int index = 0; index < ready; index++) readable(events[index].data.ptr);
    }
    printf("%.0f\n", deleted / (now() - start));
    return 0;
}
