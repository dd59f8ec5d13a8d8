/*
 * The filesystem that the Java bindings are measured against: files and directories in memory behind the low-level API of
 * libfuse3, as plainly as C allows. It knows what the benchmarks do (lookup, getattr, mkdir, create, open, read, write,
 * readdir, rename, unlink, rmdir) and nothing else: nothing it is given outlives it.
 *
 *   memfs MOUNTPOINT [SECONDS]        serves in the foreground until it is unmounted
 *
 * The kernel keeps names and attributes for SECONDS, and contents from one open to the next. Without them it keeps nothing, so
 * that every stat is a request, as in the other filesystems of the benchmark of bindings. libfuse's own loop runs with as many
 * threads as FUSE servers of ours have; with room for more it would start and end threads all the time.
 */
#define FUSE_USE_VERSION 312
#include <errno.h>
#include <fuse_lowlevel.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
#define BUCKETS 65536

struct inode {
  struct inode *next_by_name; /* in the bucket of (parent, name) */
  struct inode *next_sibling;
  struct inode *children;
  struct inode *parent;
  char *name;
  struct stat stat;
  char *data;
  size_t capacity;
  long lookups;
};

static double kept_seconds;
static struct inode root;
static struct inode *by_name[BUCKETS];
/* Held for writing by whatever changes an inode or its lookup count, as in the Java filesystem. */
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static struct inode *inode_of(fuse_ino_t ino) {
  return ino == FUSE_ROOT_ID ? &root : (struct inode *)(uintptr_t)ino;
}

static struct inode **bucket(struct inode *parent, const char *name) {
  size_t hash = (uintptr_t)parent >> 4;
  for (; *name; name++) hash = hash * 31 + (unsigned char)*name;
  return &by_name[hash % BUCKETS];
}

static struct inode *child(struct inode *parent, const char *name) {
  struct inode *i = *bucket(parent, name);
  while (i && (i->parent != parent || strcmp(i->name, name))) i = i->next_by_name;
  return i;
}

/* The caller holds the lock for writing. */
static struct fuse_entry_param granted(struct inode *inode) {
  struct fuse_entry_param entry = {
      .ino = (uintptr_t)inode, .attr = inode->stat, .attr_timeout = kept_seconds, .entry_timeout = kept_seconds};
  inode->lookups++;
  return entry;
}

static void release_if_unused(struct inode *inode) {
  if (inode != &root && inode->lookups == 0 && inode->stat.st_nlink == 0) {
    free(inode->name);
    free(inode->data);
    free(inode);
  }
}

/* The caller holds the lock for writing. */
static void attach(struct inode *inode, struct inode *parent, char *name) {
  inode->parent = parent;
  inode->name = name;
  inode->next_sibling = parent->children;
  parent->children = inode;
  struct inode **at = bucket(parent, name);
  inode->next_by_name = *at;
  *at = inode;
}

/* The caller holds the lock for writing. */
static void detach(struct inode *inode) {
  struct inode **link = &inode->parent->children;
  while (*link != inode) link = &(*link)->next_sibling;
  *link = inode->next_sibling;
  for (link = bucket(inode->parent, inode->name); *link != inode;) link = &(*link)->next_by_name;
  *link = inode->next_by_name;
}

/* The caller holds the lock for writing; null if there is no memory. */
static struct inode *make(fuse_req_t req, struct inode *parent, const char *name, mode_t mode) {
  struct inode *made = calloc(1, sizeof *made);
  char *copy = strdup(name);
  if (!made || !copy) {
    free(made);
    free(copy);
    return NULL;
  }
  const struct fuse_ctx *caller = fuse_req_ctx(req);
  made->stat.st_ino = (uintptr_t)made;
  made->stat.st_mode = mode;
  made->stat.st_nlink = S_ISDIR(mode) ? 2 : 1;
  made->stat.st_uid = caller->uid;
  made->stat.st_gid = caller->gid;
  made->stat.st_blksize = PAGE;
  clock_gettime(CLOCK_REALTIME, &made->stat.st_mtim);
  made->stat.st_atim = made->stat.st_ctim = made->stat.st_mtim;
  attach(made, parent, copy);
  return made;
}

/* libfuse's default asks for the attributes before every read, which the Java bindings do not; a read is one request. */
static void do_init(void *data, struct fuse_conn_info *connection) {
  (void)data;
  connection->want &= ~FUSE_CAP_AUTO_INVAL_DATA;
}

static void do_lookup(fuse_req_t req, fuse_ino_t parent, const char *name) {
  pthread_rwlock_wrlock(&lock);
  struct inode *found = child(inode_of(parent), name);
  struct fuse_entry_param entry;
  if (found) entry = granted(found);
  pthread_rwlock_unlock(&lock);
  if (found) fuse_reply_entry(req, &entry);
  else fuse_reply_err(req, ENOENT);
}

static void do_forget(fuse_req_t req, fuse_ino_t ino, uint64_t count) {
  pthread_rwlock_wrlock(&lock);
  struct inode *inode = inode_of(ino);
  inode->lookups -= count;
  release_if_unused(inode);
  pthread_rwlock_unlock(&lock);
  fuse_reply_none(req);
}

static void do_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *file) {
  (void)file;
  pthread_rwlock_rdlock(&lock);
  struct stat stat = inode_of(ino)->stat;
  pthread_rwlock_unlock(&lock);
  fuse_reply_attr(req, &stat, kept_seconds);
}

/* What the kernel asks for after a create or truncation; only the size and the mode are taken. */
static void do_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *want, int set, struct fuse_file_info *file) {
  (void)file;
  pthread_rwlock_wrlock(&lock);
  struct inode *inode = inode_of(ino);
  int error = 0;
  if (set & FUSE_SET_ATTR_MODE) inode->stat.st_mode = want->st_mode;
  if (set & FUSE_SET_ATTR_SIZE) {
    if ((size_t)want->st_size > inode->capacity) error = ENOSYS;
    else inode->stat.st_size = want->st_size;
  }
  struct stat stat = inode->stat;
  pthread_rwlock_unlock(&lock);
  if (error) fuse_reply_err(req, error);
  else fuse_reply_attr(req, &stat, kept_seconds);
}

static void do_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode) {
  pthread_rwlock_wrlock(&lock);
  struct inode *made = child(inode_of(parent), name) ? NULL : make(req, inode_of(parent), name, S_IFDIR | mode);
  struct fuse_entry_param entry;
  if (made) entry = granted(made);
  pthread_rwlock_unlock(&lock);
  if (made) fuse_reply_entry(req, &entry);
  else fuse_reply_err(req, EEXIST);
}

static void do_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, struct fuse_file_info *file) {
  pthread_rwlock_wrlock(&lock);
  struct inode *found = child(inode_of(parent), name);
  if (!found) found = make(req, inode_of(parent), name, S_IFREG | mode);
  struct fuse_entry_param entry;
  if (found) entry = granted(found);
  pthread_rwlock_unlock(&lock);
  if (found) fuse_reply_create(req, &entry, file);
  else fuse_reply_err(req, ENOMEM);
}

static void do_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *file) {
  (void)ino;
  file->keep_cache = kept_seconds > 0;
  fuse_reply_open(req, file);
}

static void do_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *file) {
  (void)file;
  pthread_rwlock_rdlock(&lock);
  struct inode *inode = inode_of(ino);
  off_t left = inode->stat.st_size - offset;
  size_t count = left <= 0 ? 0 : (size_t)left < size ? (size_t)left : size;
  fuse_reply_buf(req, count ? inode->data + offset : NULL, count);
  pthread_rwlock_unlock(&lock);
}

static void do_write(fuse_req_t req, fuse_ino_t ino, const char *bytes, size_t size, off_t offset, struct fuse_file_info *file) {
  (void)file;
  pthread_rwlock_wrlock(&lock);
  struct inode *inode = inode_of(ino);
  size_t end = offset + size;
  int error = 0;
  if (end > inode->capacity) {
    size_t capacity = inode->capacity * 2 > end ? inode->capacity * 2 : end;
    char *data = realloc(inode->data, capacity);
    if (data) {
      memset(data + inode->capacity, 0, capacity - inode->capacity);
      inode->data = data;
      inode->capacity = capacity;
    } else {
      error = ENOSPC;
    }
  }
  if (!error) {
    memcpy(inode->data + offset, bytes, size);
    if ((off_t)end > inode->stat.st_size) inode->stat.st_size = end;
    inode->stat.st_blocks = (inode->capacity + 511) / 512;
  }
  pthread_rwlock_unlock(&lock);
  if (error) fuse_reply_err(req, error);
  else fuse_reply_write(req, size);
}

static void do_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *file) {
  (void)file;
  char *buffer = malloc(size);
  size_t used = 0;
  off_t at = 0;
  if (!buffer) {
    fuse_reply_err(req, ENOMEM);
    return;
  }
  pthread_rwlock_rdlock(&lock);
  for (struct inode *i = inode_of(ino)->children; i; i = i->next_sibling) {
    if (at++ < offset) continue;
    size_t room = size - used;
    size_t length = fuse_add_direntry(req, buffer + used, room, i->name, &i->stat, at);
    if (length > room) break;
    used += length;
  }
  pthread_rwlock_unlock(&lock);
  fuse_reply_buf(req, buffer, used);
  free(buffer);
}

/* The caller holds the lock for writing. */
static void remove_inode(struct inode *gone) {
  detach(gone);
  gone->stat.st_nlink = 0;
  release_if_unused(gone);
}

static void do_remove(fuse_req_t req, fuse_ino_t parent, const char *name) {
  pthread_rwlock_wrlock(&lock);
  struct inode *gone = child(inode_of(parent), name);
  int error = !gone ? ENOENT : gone->children ? ENOTEMPTY : 0;
  if (!error) {
    remove_inode(gone);
  }
  pthread_rwlock_unlock(&lock);
  fuse_reply_err(req, error);
}

static void do_rename(fuse_req_t req, fuse_ino_t from, const char *name, fuse_ino_t to, const char *new_name, unsigned flags) {
  char *copy = strdup(new_name);
  pthread_rwlock_wrlock(&lock);
  struct inode *moved = child(inode_of(from), name);
  struct inode *replaced = child(inode_of(to), new_name);
  int error = flags ? EINVAL : !copy ? ENOMEM : !moved ? ENOENT : replaced && replaced->children ? ENOTEMPTY : 0;
  if (!error) {
    if (replaced) remove_inode(replaced);
    detach(moved);
    free(moved->name);
    attach(moved, inode_of(to), copy);
    copy = NULL;
  }
  pthread_rwlock_unlock(&lock);
  free(copy);
  fuse_reply_err(req, error);
}

static const struct fuse_lowlevel_ops operations = {
    .init = do_init, .lookup = do_lookup, .forget = do_forget, .getattr = do_getattr, .setattr = do_setattr, .mkdir = do_mkdir,
    .create = do_create, .open = do_open, .read = do_read, .write = do_write, .readdir = do_readdir,
    .rename = do_rename, .unlink = do_remove, .rmdir = do_remove};

int main(int argc, char **argv) {
  if (argc != 2 && argc != 3) {
    fprintf(stderr, "usage: %s MOUNTPOINT [SECONDS]\n", argv[0]);
    return 2;
  }
  if (argc == 3) kept_seconds = strtod(argv[2], NULL);
  root.stat.st_ino = FUSE_ROOT_ID;
  root.stat.st_mode = S_IFDIR | 0755;
  root.stat.st_nlink = 2;
  char *words[] = {argv[0], "-o", "default_permissions,allow_other"};
  struct fuse_args args = FUSE_ARGS_INIT(3, words);
  struct fuse_session *session = fuse_session_new(&args, &operations, sizeof operations, NULL);
  if (!session || fuse_session_mount(session, argv[1])) return 1;
  struct fuse_loop_config *config = fuse_loop_cfg_create();
  fuse_loop_cfg_set_clone_fd(config, 1);
  unsigned threads = sysconf(_SC_NPROCESSORS_ONLN) < 2 ? 2 : sysconf(_SC_NPROCESSORS_ONLN);
  fuse_loop_cfg_set_max_threads(config, threads);
  fuse_loop_cfg_set_idle_threads(config, threads);
  int result = fuse_session_loop_mt(session, config);
  fuse_loop_cfg_destroy(config);
  fuse_session_unmount(session);
  fuse_session_destroy(session);
  return result < 0;
}
