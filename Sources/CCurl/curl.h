// What Windtunnel calls of libcurl, which is loaded when it is first needed and linked never. The numbers are those of
// libcurl's stable interface (https://curl.se/libcurl/c/), so that nothing of it is needed to build.
#ifndef WINDTUNNEL_CURL_H
#define WINDTUNNEL_CURL_H

enum {
    WINDTUNNEL_CURLOPT_WRITEDATA = 10001,
    WINDTUNNEL_CURLOPT_URL = 10002,
    WINDTUNNEL_CURLOPT_WRITEFUNCTION = 20011,
    WINDTUNNEL_CURLOPT_COPYPOSTFIELDS = 10165,
    WINDTUNNEL_CURLOPT_HTTPHEADER = 10023,
    WINDTUNNEL_CURLOPT_HEADERDATA = 10029,
    WINDTUNNEL_CURLOPT_HEADERFUNCTION = 20079,
    WINDTUNNEL_CURLOPT_ACCEPT_ENCODING = 10102,
    WINDTUNNEL_CURLOPT_NOBODY = 44,
    WINDTUNNEL_CURLOPT_CUSTOMREQUEST = 10036,
    WINDTUNNEL_CURLOPT_POST = 47,
    WINDTUNNEL_CURLOPT_FOLLOWLOCATION = 52,
    WINDTUNNEL_CURLOPT_POSTFIELDSIZE = 60,
    WINDTUNNEL_CURLOPT_HTTP_VERSION = 84,
    WINDTUNNEL_CURLOPT_NOSIGNAL = 99,
    WINDTUNNEL_CURLOPT_PRIVATE = 10103,
    WINDTUNNEL_CURLOPT_HTTPAUTH = 107,
    WINDTUNNEL_CURLOPT_TIMEOUT_MS = 155,
    WINDTUNNEL_CURLOPT_CONNECTTIMEOUT_MS = 156,
    WINDTUNNEL_CURLOPT_NOPROXY = 10177,
    WINDTUNNEL_CURLOPT_PROTOCOLS = 181,
    WINDTUNNEL_CURLINFO_RESPONSE_CODE = 0x200002,
    WINDTUNNEL_CURLINFO_PRIVATE = 0x100015,
    WINDTUNNEL_CURLE_WRITE_ERROR = 23,
    WINDTUNNEL_CURLE_OPERATION_TIMEDOUT = 28,
};

typedef struct {
    int message;
    void *easy;
    union {
        void *whatever;
        int result;
    } data;
} windtunnel_curl_message;

// Swift cannot call functions with a variable number of arguments through a pointer.
static inline int windtunnel_curl_set_long(void *function, void *easy, int option, long value) {
    return ((int (*)(void *, int, ...))function)(easy, option, value);
}

static inline int windtunnel_curl_set_pointer(void *function, void *easy, int option, const void *value) {
    return ((int (*)(void *, int, ...))function)(easy, option, value);
}

static inline int windtunnel_curl_get(void *function, void *easy, int info, void *result) {
    return ((int (*)(void *, int, ...))function)(easy, info, result);
}

#endif
