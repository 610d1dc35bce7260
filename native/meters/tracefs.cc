#include "meters/tracefs.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>

namespace puntbench {
namespace {

// glibc before 2.36 lacks wrappers for the mount calls of Linux 5.2.
int fs_open(const char* type) { return static_cast<int>(syscall(SYS_fsopen, type, FSOPEN_CLOEXEC)); }

int fs_create(int fs) {
  return static_cast<int>(syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0));
}

int fs_mount(int fs) {
  constexpr unsigned kAttributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  return static_cast<int>(syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, kAttributes));
}

}  // namespace

FileDescriptor open_tracefs(Status& status) {
  for (const char* mounted : {"/sys/kernel/tracing/events", "/sys/kernel/debug/tracing/events"}) {
    FileDescriptor events(open(mounted, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (events.valid()) return FileDescriptor(openat(events.get(), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  FileDescriptor filesystem(fs_open("tracefs"));
  if (!filesystem.valid()) {
    status = Status::last_errno("fsopen");
    return {};
  }
  if (fs_create(filesystem.get()) != 0) {
    status = Status::last_errno("fsconfig");
    return {};
  }
  FileDescriptor root(fs_mount(filesystem.get()));
  if (!root.valid()) status = Status::last_errno("fsmount");
  return root;
}

}  // namespace puntbench
