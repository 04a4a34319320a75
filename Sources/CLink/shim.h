#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

/// The beginning of `struct dl_phdr_info`, which Glibc shows only with its extensions, and Swift's module has them not.
struct loaded_object {
    ElfW(Addr) address;
    const char *name;
    const ElfW(Phdr) *segments;
    ElfW(Half) segment_count;
};

/// `dl_iterate_phdr`, https://man7.org/linux/man-pages/man3/dl_iterate_phdr.3.html
extern int each_loaded_object(int (*body)(struct loaded_object *, size_t, void *), void *) __asm__("dl_iterate_phdr");

static int release_segments(struct loaded_object *object, size_t size, void *unused) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int place = 0; place < object->segment_count; place++) {
        const ElfW(Phdr) *segment = &object->segments[place];
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
        uintptr_t start = object->address + segment->p_vaddr;
        uintptr_t first = start & ~(page - 1);
        madvise((void *)first, start + segment->p_memsz - first, MADV_DONTNEED);
    }
    return 0;
}

/// Gives back the pages of the program's and its libraries' code and constants; those that are needed again come from the
/// files.
static inline void release_code(void) { each_loaded_object(release_segments, NULL); }
