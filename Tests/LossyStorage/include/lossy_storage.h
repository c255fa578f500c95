// Storage that forgets what was not synchronized: a SQLite VFS for tests of power cuts.
//
// A killed process loses nothing that it wrote, since the kernel keeps it; so killing says nothing about whether
// `fsync` is called where it must be. Below a watched folder, a write stays in this storage's memory until the file is
// synchronized. When power is cut, what was not is forgotten, or torn: each sector of it reaches the disk or does not,
// in any order (SQLite's own crash tests, `src/test6.c`, work the same way). From then on every operation fails, as for
// a machine that is off; open the real files with new eyes to see what is left.
//
// Files elsewhere are left to the VFS that was the default before. A watched file is open once at a time.
#ifndef LOSSY_STORAGE_H
#define LOSSY_STORAGE_H

#include <stdbool.h>
#include <stdint.h>

// What can be made to fail.
enum lossy_operation { LOSSY_WRITE = 0, LOSSY_SYNC = 1 };

// Makes the storage SQLite's default VFS; the second and later times do nothing. Returns a SQLite result code.
int lossy_storage_register(void);

// Watches a folder, an absolute path without symbolic links. Returns its number, or -1 when 64 are watched.
int lossy_storage_watch(const char *folder);

// Ends watching. Its files must be closed.
void lossy_storage_unwatch(int number);

// Cuts power at the given write, truncation or synchronization from now, counted from 1; 0 for not at all. With
// `tears`, sectors that were not synchronized are kept or forgotten by the seed's chance; else all are forgotten.
void lossy_storage_cut_at(int number, int64_t operation, bool tears, uint64_t seed);

// A disk that lies: it says that it synchronized and did not.
void lossy_storage_lie(int number, bool lies);

// Lets the given write ("the disk is full") or synchronization (an input-output error) from now fail, counted from 1,
// and all later ones while `stays`. After a failed synchronization what was to be written is read back and never
// reaches the disk, as on Linux (Rebello and others, "Can applications recover from fsync failures?", 2020).
void lossy_storage_fail(int number, enum lossy_operation kind, int64_t occurrence, bool stays);

// Writes, truncations and synchronizations of watched files so far; of one kind, or of all with -1.
int64_t lossy_storage_count(int number, int kind);

// Whether power was cut.
bool lossy_storage_is_cut(int number);

#endif
