// What the kernel knows about one file.

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>

#include "addon/values.h"
#include "files/direct_io.h"
#include "files/extents.h"
#include "base/file_descriptor.h"
#include "files/page_cache.h"

namespace puntbench {
namespace {

// Opens a file read-only, without waiting for the writer of a FIFO. Where this user may do so, the access time
// stays too: without O_NOATIME even mmap updates it.
FileDescriptor open_to_look(const Napi::Env env, const std::string& path) {
  constexpr int kFlags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  FileDescriptor file(open(path.c_str(), kFlags | O_NOATIME));
  if (!file.valid() && errno == EPERM) file = FileDescriptor(open(path.c_str(), kFlags));
  if (!file.valid()) throw to_error(env, Status::last_errno("open"), path);
  return file;
}

Napi::Object to_object(Napi::Env env, const DirectIoAlignment& alignment) {
  Napi::Object out = Napi::Object::New(env);
  out.Set("memoryBytes", alignment.memory);
  out.Set("offsetBytes", alignment.offset);
  out.Set("source", alignment.from_statx ? "statx" : "tried");
  return out;
}

Napi::Value direct_io_alignment(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>();
  DirectIoAlignment alignment;
  if (const Status status = query_direct_io_alignment(path.c_str(), alignment); !status.ok()) {
    throw to_error(info.Env(), status, path);
  }
  return to_object(info.Env(), alignment);
}

Napi::Value declared_direct_io_alignment(const Napi::CallbackInfo& info) {
  const FileDescriptor file = open_to_look(info.Env(), info[0].As<Napi::String>());
  DirectIoAlignment alignment;
  return ask_statx(file.get(), alignment) ? Napi::Value(to_object(info.Env(), alignment)) : info.Env().Null();
}

Napi::Value extent_list(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>();
  const FileDescriptor file = open_to_look(info.Env(), path);
  std::vector<Extent> extents;
  if (const Status status = list_extents(file.get(), extents); !status.ok()) throw to_error(info.Env(), status, path);
  Napi::Array out = Napi::Array::New(info.Env(), extents.size());
  for (uint32_t i = 0; i < extents.size(); ++i) {
    Napi::Object extent = Napi::Object::New(info.Env());
    set_integer(extent, "offsetBytes", extents[i].offset);
    set_integer(extent, "physicalBytes", extents[i].physical);
    set_integer(extent, "lengthBytes", extents[i].length);
    extent.Set("flags", extents[i].flags);
    out[i] = extent;
  }
  return out;
}

Napi::Value cached_pages(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>();
  const Napi::Array asked = info[1].As<Napi::Array>();
  std::vector<FileRange> ranges;
  for (uint32_t i = 0; i < asked.Length(); ++i) {
    const Napi::Object range = asked.Get(i).As<Napi::Object>();
    ranges.push_back({integer(range, "offsetBytes"), integer(range, "lengthBytes")});
  }
  const FileDescriptor file = open_to_look(info.Env(), path);
  std::vector<uint64_t> pages;
  PageCacheSource source;
  if (const Status status = count_cached_pages(file.get(), ranges, pages, source); !status.ok()) {
    throw to_error(info.Env(), status, path);
  }
  Napi::Array counts = Napi::Array::New(info.Env(), pages.size());
  for (uint32_t i = 0; i < pages.size(); ++i) counts[i] = static_cast<double>(pages[i]);
  Napi::Object out = Napi::Object::New(info.Env());
  out.Set("source", source == PageCacheSource::kCachestat ? "cachestat" : "mincore");
  out.Set("pages", counts);
  return out;
}

// FS_*_FL bits of lsattr(1); null where the filesystem has none.
Napi::Value inode_flags(const Napi::CallbackInfo& info) {
  const FileDescriptor file = open_to_look(info.Env(), info[0].As<Napi::String>());
  unsigned flags = 0;
  if (ioctl(file.get(), FS_IOC_GETFLAGS, &flags) != 0) return info.Env().Null();
  return Napi::Number::New(info.Env(), flags);
}

// Takes flock(2) on an open file without waiting; false when another descriptor holds it. The kernel releases the lock
// when the descriptor is closed, also by SIGKILL.
Napi::Value lock_file(const Napi::CallbackInfo& info) {
  const int file = info[0].As<Napi::Number>().Int32Value();
  const std::string kind = info[1].As<Napi::String>();
  if (kind != "exclusive" && kind != "shared") throw Napi::TypeError::New(info.Env(), "unknown kind '" + kind + "'");
  if (flock(file, (kind == "shared" ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0) return Napi::Boolean::New(info.Env(), true);
  if (errno != EWOULDBLOCK) throw to_error(info.Env(), Status::last_errno("flock"), "");
  return Napi::Boolean::New(info.Env(), false);
}

}  // namespace

void export_files(Napi::Env env, Napi::Object& exports) {
  exports.Set("directIoAlignment", Napi::Function::New(env, direct_io_alignment));
  exports.Set("declaredDirectIoAlignment", Napi::Function::New(env, declared_direct_io_alignment));
  exports.Set("extents", Napi::Function::New(env, extent_list));
  exports.Set("cachedPages", Napi::Function::New(env, cached_pages));
  exports.Set("inodeFlags", Napi::Function::New(env, inode_flags));
  exports.Set("lockFile", Napi::Function::New(env, lock_file));
}

}  // namespace puntbench
