// For `strdup`.
#define _POSIX_C_SOURCE 200809L

#include "lossy_storage.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { WATCH_LIMIT = 64, SECTOR = 512 };

// A write or a truncation that was not synchronized.
struct change {
    struct change *next;
    sqlite3_int64 offset;  // of a truncation: the new size
    int count;             // bytes; -1 for a truncation
    bool is_lost;          // its synchronization failed: to be read, never to be stored
    unsigned char bytes[];
};

struct lossy_file {
    sqlite3_file base;
    int watch;
    sqlite3_int64 size;
    struct change *first;
    struct change *last;
    struct lossy_file *next;
    sqlite3_file *real;
};

struct failing {
    int64_t countdown;
    bool stays;
    bool has_begun;
};

struct watch {
    char *folder;
    size_t length;
    struct lossy_file *files;
    int64_t cut_countdown;
    bool tears;
    uint64_t random;
    bool is_cut;
    bool lies;
    struct failing failing[2];
    int64_t counts[3];
};

static struct watch watches[WATCH_LIMIT];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sqlite3_vfs *real_vfs;
static sqlite3_vfs own_vfs;

// SplitMix64 (Steele, Lea, Flood 2014).
static uint64_t next_random(struct watch *watch) {
    uint64_t z = watch->random += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

static struct lossy_file *own(sqlite3_file *file) { return (struct lossy_file *)file; }

static void forget(struct lossy_file *file) {
    while (file->first) {
        struct change *change = file->first;
        file->first = change->next;
        free(change);
    }
    file->last = NULL;
}

// Stores what was written, all of it, and forgets what a failed synchronization lost.
static int store(struct lossy_file *file) {
    int result = SQLITE_OK;
    for (struct change *change = file->first; change && result == SQLITE_OK; change = change->next) {
        if (change->is_lost) continue;
        result = change->count < 0
                     ? file->real->pMethods->xTruncate(file->real, change->offset)
                     : file->real->pMethods->xWrite(file->real, change->bytes, change->count, change->offset);
    }
    return result;
}

// Stores the sectors of what was written that chance lets through. Boundaries are those of the file, as a disk has them.
static void store_some(struct lossy_file *file, struct watch *watch) {
    for (struct change *change = file->first; change; change = change->next) {
        if (change->is_lost) continue;
        if (change->count < 0) {
            if (next_random(watch) & 1) file->real->pMethods->xTruncate(file->real, change->offset);
            continue;
        }
        int done = 0;
        while (done < change->count) {
            int part = SECTOR - (int)((change->offset + done) % SECTOR);
            if (part > change->count - done) part = change->count - done;
            if (next_random(watch) & 1) {
                file->real->pMethods->xWrite(file->real, change->bytes + done, part, change->offset + done);
            }
            done += part;
        }
    }
}

static void cut(struct watch *watch) {
    watch->is_cut = true;
    for (struct lossy_file *file = watch->files; file; file = file->next) {
        if (watch->tears) store_some(file, watch);
        forget(file);
    }
}

// Counts an operation; true when power fails in it.
static bool fails_by_cut(struct watch *watch, int kind) {
    watch->counts[kind]++;
    if (watch->cut_countdown > 0 && --watch->cut_countdown == 0) cut(watch);
    return watch->is_cut;
}

static bool is_failing(struct watch *watch, enum lossy_operation kind) {
    struct failing *failing = &watch->failing[kind];
    if (failing->has_begun) return failing->stays;
    if (failing->countdown == 0 || --failing->countdown > 0) return false;
    failing->has_begun = true;
    return true;
}

static bool add(struct lossy_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    struct change *change = malloc(sizeof *change + (count > 0 ? (size_t)count : 0));
    if (!change) return false;
    change->next = NULL;
    change->offset = offset;
    change->count = count;
    change->is_lost = false;
    if (count > 0) memcpy(change->bytes, bytes, (size_t)count);
    if (file->last) file->last->next = change; else file->first = change;
    file->last = change;
    if (count < 0) {
        file->size = offset;
    } else if (offset + count > file->size) {
        file->size = offset + count;
    }
    return true;
}

static int close_file(sqlite3_file *base) {
    struct lossy_file *file = own(base);
    pthread_mutex_lock(&lock);
    struct watch *watch = &watches[file->watch];
    // Nothing was cut, so the kernel writes it some time.
    if (!watch->is_cut && !watch->lies) store(file);
    forget(file);
    for (struct lossy_file **place = &watch->files; *place; place = &(*place)->next) {
        if (*place == file) {
            *place = file->next;
            break;
        }
    }
    pthread_mutex_unlock(&lock);
    return file->real->pMethods->xClose(file->real);
}

static int read_file(sqlite3_file *base, void *target, int count, sqlite3_int64 offset) {
    struct lossy_file *file = own(base);
    unsigned char *bytes = target;
    pthread_mutex_lock(&lock);
    int result = watches[file->watch].is_cut ? SQLITE_IOERR_READ : SQLITE_OK;
    if (result == SQLITE_OK) {
        result = file->real->pMethods->xRead(file->real, target, count, offset);
        if (result == SQLITE_IOERR_SHORT_READ) result = SQLITE_OK;  // The rest is filled with zeros.
    }
    for (struct change *change = file->first; change && result == SQLITE_OK; change = change->next) {
        sqlite3_int64 from = change->offset > offset ? change->offset : offset;
        if (change->count < 0) {
            if (from < offset + count) memset(bytes + (from - offset), 0, (size_t)(offset + count - from));
            continue;
        }
        sqlite3_int64 to = change->offset + change->count;
        if (to > offset + count) to = offset + count;
        if (from < to) memcpy(bytes + (from - offset), change->bytes + (from - change->offset), (size_t)(to - from));
    }
    if (result == SQLITE_OK && offset + count > file->size) result = SQLITE_IOERR_SHORT_READ;
    pthread_mutex_unlock(&lock);
    return result;
}

static int write_file(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 offset) {
    struct lossy_file *file = own(base);
    pthread_mutex_lock(&lock);
    struct watch *watch = &watches[file->watch];
    int result = SQLITE_OK;
    if (watch->is_cut) {
        result = SQLITE_IOERR_WRITE;
    } else if (is_failing(watch, LOSSY_WRITE)) {
        watch->counts[LOSSY_WRITE]++;
        result = SQLITE_FULL;
    } else if (!add(file, bytes, count, offset)) {
        result = SQLITE_NOMEM;
    } else if (fails_by_cut(watch, LOSSY_WRITE)) {
        // Added before: it was on its way when power failed.
        result = SQLITE_IOERR_WRITE;
    }
    pthread_mutex_unlock(&lock);
    return result;
}

static int truncate_file(sqlite3_file *base, sqlite3_int64 size) {
    struct lossy_file *file = own(base);
    pthread_mutex_lock(&lock);
    struct watch *watch = &watches[file->watch];
    int result = SQLITE_OK;
    if (watch->is_cut) {
        result = SQLITE_IOERR_TRUNCATE;
    } else if (!add(file, NULL, -1, size)) {
        result = SQLITE_NOMEM;
    } else if (fails_by_cut(watch, 2)) {
        result = SQLITE_IOERR_TRUNCATE;
    }
    pthread_mutex_unlock(&lock);
    return result;
}

static int sync_file(sqlite3_file *base, int flags) {
    (void)flags;
    struct lossy_file *file = own(base);
    pthread_mutex_lock(&lock);
    struct watch *watch = &watches[file->watch];
    int result = SQLITE_OK;
    if (watch->is_cut || fails_by_cut(watch, LOSSY_SYNC)) {
        result = SQLITE_IOERR_FSYNC;
    } else if (is_failing(watch, LOSSY_SYNC)) {
        for (struct change *change = file->first; change; change = change->next) change->is_lost = true;
        result = SQLITE_IOERR_FSYNC;
    } else if (!watch->lies) {
        result = store(file);
        // What was lost is still read back, so only a list without lost changes is dropped.
        struct change *first = NULL, *last = NULL;
        while (file->first) {
            struct change *change = file->first;
            file->first = change->next;
            change->next = NULL;
            if (!change->is_lost) {
                free(change);
            } else {
                if (last) last->next = change; else first = change;
                last = change;
            }
        }
        file->first = first;
        file->last = last;
    }
    pthread_mutex_unlock(&lock);
    return result;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
    pthread_mutex_lock(&lock);
    *size = own(base)->size;
    pthread_mutex_unlock(&lock);
    return SQLITE_OK;
}

static int lock_file(sqlite3_file *base, int level) {
    return own(base)->real->pMethods->xLock(own(base)->real, level);
}

static int unlock_file(sqlite3_file *base, int level) {
    return own(base)->real->pMethods->xUnlock(own(base)->real, level);
}

static int check_reserved(sqlite3_file *base, int *result) {
    return own(base)->real->pMethods->xCheckReservedLock(own(base)->real, result);
}

static int control(sqlite3_file *base, int operation, void *argument) {
    // Room made ahead would grow the real file, of which only what was synchronized may be known.
    if (operation == SQLITE_FCNTL_SIZE_HINT || operation == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_OK;
    return own(base)->real->pMethods->xFileControl(own(base)->real, operation, argument);
}

static int sector_size(sqlite3_file *base) { return own(base)->real->pMethods->xSectorSize(own(base)->real); }

static int characteristics(sqlite3_file *base) {
    return own(base)->real->pMethods->xDeviceCharacteristics(own(base)->real);
}

static int shm_map(sqlite3_file *base, int page, int size, int extend, void volatile **pointer) {
    return own(base)->real->pMethods->xShmMap(own(base)->real, page, size, extend, pointer);
}

static int shm_lock(sqlite3_file *base, int offset, int count, int flags) {
    return own(base)->real->pMethods->xShmLock(own(base)->real, offset, count, flags);
}

static void shm_barrier(sqlite3_file *base) { own(base)->real->pMethods->xShmBarrier(own(base)->real); }

static int shm_unmap(sqlite3_file *base, int deletes) {
    return own(base)->real->pMethods->xShmUnmap(own(base)->real, deletes);
}

// Version 2: with a memory map (version 3) reads would go round this storage.
static const sqlite3_io_methods methods = {
    .iVersion = 2, .xClose = close_file, .xRead = read_file, .xWrite = write_file, .xTruncate = truncate_file,
    .xSync = sync_file, .xFileSize = file_size, .xLock = lock_file, .xUnlock = unlock_file,
    .xCheckReservedLock = check_reserved, .xFileControl = control, .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics, .xShmMap = shm_map, .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier, .xShmUnmap = shm_unmap,
};

static int watch_of(const char *path) {
    for (int number = 0; path && number < WATCH_LIMIT; number++) {
        const struct watch *watch = &watches[number];
        if (watch->folder && strncmp(path, watch->folder, watch->length) == 0 && path[watch->length] == '/') {
            return number;
        }
    }
    return -1;
}

static int open_file(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out_flags) {
    (void)vfs;
    pthread_mutex_lock(&lock);
    int number = watch_of(path);
    bool is_cut = number >= 0 && watches[number].is_cut;
    pthread_mutex_unlock(&lock);
    base->pMethods = NULL;
    if (is_cut) return SQLITE_CANTOPEN;
    if (number < 0) return real_vfs->xOpen(real_vfs, path, base, flags, out_flags);
    struct lossy_file *file = own(base);
    memset(file, 0, sizeof *file);
    file->real = (sqlite3_file *)(file + 1);
    int result = real_vfs->xOpen(real_vfs, path, file->real, flags, out_flags);
    if (result != SQLITE_OK) return result;
    result = file->real->pMethods->xFileSize(file->real, &file->size);
    if (result != SQLITE_OK) {
        file->real->pMethods->xClose(file->real);
        return result;
    }
    file->watch = number;
    file->base.pMethods = &methods;
    pthread_mutex_lock(&lock);
    file->next = watches[number].files;
    watches[number].files = file;
    pthread_mutex_unlock(&lock);
    return SQLITE_OK;
}

int lossy_storage_register(void) {
    pthread_mutex_lock(&lock);
    int result = SQLITE_OK;
    if (!real_vfs) {
        // Finding a VFS initializes SQLite.
        sqlite3_vfs *found = sqlite3_vfs_find(NULL);
        if (found) {
            own_vfs = *found;
            own_vfs.pNext = NULL;
            own_vfs.zName = "lossy-storage";
            own_vfs.szOsFile = (int)sizeof(struct lossy_file) + found->szOsFile;
            own_vfs.xOpen = open_file;
            real_vfs = found;
            result = sqlite3_vfs_register(&own_vfs, 1);
        } else {
            result = SQLITE_ERROR;
        }
    }
    pthread_mutex_unlock(&lock);
    return result;
}

int lossy_storage_watch(const char *folder) {
    pthread_mutex_lock(&lock);
    int found = -1;
    for (int number = 0; number < WATCH_LIMIT && found < 0; number++) {
        if (watches[number].folder) continue;
        memset(&watches[number], 0, sizeof watches[number]);
        watches[number].folder = strdup(folder);
        watches[number].length = strlen(folder);
        if (watches[number].folder) found = number;
    }
    pthread_mutex_unlock(&lock);
    return found;
}

void lossy_storage_unwatch(int number) {
    pthread_mutex_lock(&lock);
    free(watches[number].folder);
    watches[number].folder = NULL;
    pthread_mutex_unlock(&lock);
}

void lossy_storage_cut_at(int number, int64_t operation, bool tears, uint64_t seed) {
    pthread_mutex_lock(&lock);
    watches[number].cut_countdown = operation;
    watches[number].tears = tears;
    watches[number].random = seed;
    pthread_mutex_unlock(&lock);
}

void lossy_storage_lie(int number, bool lies) {
    pthread_mutex_lock(&lock);
    watches[number].lies = lies;
    pthread_mutex_unlock(&lock);
}

void lossy_storage_fail(int number, enum lossy_operation kind, int64_t occurrence, bool stays) {
    pthread_mutex_lock(&lock);
    watches[number].failing[kind] = (struct failing){.countdown = occurrence, .stays = stays, .has_begun = false};
    pthread_mutex_unlock(&lock);
}

int64_t lossy_storage_count(int number, int kind) {
    pthread_mutex_lock(&lock);
    const int64_t *counts = watches[number].counts;
    int64_t count = kind < 0 ? counts[0] + counts[1] + counts[2] : counts[kind];
    pthread_mutex_unlock(&lock);
    return count;
}

bool lossy_storage_is_cut(int number) {
    pthread_mutex_lock(&lock);
    bool is_cut = watches[number].is_cut;
    pthread_mutex_unlock(&lock);
    return is_cut;
}
