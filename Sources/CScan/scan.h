// Comparisons of many bytes at a time, in the vector registers that every processor has. Swift compares so too, but cannot
// get at the bits. In the answers the lowest bit is the first byte's.
#include <stdint.h>
#include <string.h>

typedef uint8_t Bytes16 __attribute__((ext_vector_type(16), aligned(1)));
typedef _Bool Bits16 __attribute__((ext_vector_type(16)));
typedef uint8_t Bytes64 __attribute__((ext_vector_type(64), aligned(1)));
typedef _Bool Bits64 __attribute__((ext_vector_type(64)));

/// Which of the 16 bytes are this one.
static inline uint16_t scan_equal16(const void *bytes, uint8_t byte) {
    Bits16 bits = __builtin_convertvector(*(const Bytes16 *)bytes == byte, Bits16);
    uint16_t answer;
    memcpy(&answer, &bits, sizeof answer);
    return answer;
}

/// Which of the 16 bytes are this one or less.
static inline uint16_t scan_most16(const void *bytes, uint8_t byte) {
    Bits16 bits = __builtin_convertvector(*(const Bytes16 *)bytes <= byte, Bits16);
    uint16_t answer;
    memcpy(&answer, &bits, sizeof answer);
    return answer;
}

/// Which of the 64 bytes are `byte`, whether the bits of `either` are on in them or not.
static inline uint64_t scan_equal64(const void *bytes, uint8_t byte, uint8_t either) {
    Bits64 bits = __builtin_convertvector((*(const Bytes64 *)bytes | either) == (byte | either), Bits64);
    uint64_t answer;
    memcpy(&answer, &bits, sizeof answer);
    return answer;
}
