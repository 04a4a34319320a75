// The 8-bit library is the one that works on UTF-8.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
