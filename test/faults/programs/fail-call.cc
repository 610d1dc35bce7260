// fail-call MODE CALL FAULT N REPORT PROGRAM [ARGUMENT...]: runs a program in which a system call fails.
//
//   once    the N-th call of the program's own threads fails, counted from the moment when the addon was opened
//   always  every call fails, in all threads and children, as under a container's seccomp filter (N is not used)
//
// CALL is a number (asm/unistd.h). FAULT is an errno, or `short`: half of what was asked for is done.
// With `once`, REPORT gets a line when the call was reached, so that a case that tested nothing is known.
// A seccomp filter stops the program only at this call (SECCOMP_RET_TRACE), so that it runs at its usual pace.

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <string>

#ifndef __x86_64__
#error "the registers below are those of x86-64"
#endif

namespace {

constexpr char kAddon[] = "/puntbench.node";
constexpr long kOptions = PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
                          PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC;

struct Plan {
  bool once;
  long call;
  int error;  // 0: short
  long nth;
  const char* report;
};

[[noreturn]] void stop(const char* doing) {
  perror(doing);
  exit(125);
}

void install_filter(const Plan& plan) {
  const uint32_t action =
      plan.once ? SECCOMP_RET_TRACE : SECCOMP_RET_ERRNO | (static_cast<uint32_t>(plan.error) & SECCOMP_RET_DATA);
  // openat shows when the addon is loaded.
  const auto watched = static_cast<uint32_t>(plan.once ? SYS_openat : plan.call);
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(plan.call), 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, watched, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, action),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program = {sizeof code / sizeof *code, code};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) stop("PR_SET_NO_NEW_PRIVS");
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) stop("seccomp");
}

std::string text_at(pid_t thread, unsigned long address) {
  char text[512] = {};
  iovec into = {text, sizeof text - 1};
  iovec from = {reinterpret_cast<void*>(address), sizeof text - 1};
  ssize_t bytes = process_vm_readv(thread, &into, 1, &from, 1, 0);
  if (bytes < 0) {  // The text may end shortly before a page that is not mapped.
    from.iov_len = 4096 - address % 4096;
    if (from.iov_len > sizeof text - 1) from.iov_len = sizeof text - 1;
    bytes = process_vm_readv(thread, &into, 1, &from, 1, 0);
  }
  return bytes < 0 ? "" : text;
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

class Injector {
 public:
  Injector(const Plan& plan, pid_t program) : plan_(plan), program_(program) { own_.insert(program); }

  // Returns how the program ended, as waitpid says it.
  int follow() {
    for (;;) {
      int status = 0;
      const pid_t thread = waitpid(-1, &status, __WALL);
      if (thread < 0) stop("waitpid");
      if (WIFEXITED(status) || WIFSIGNALED(status)) {
        own_.erase(thread);
        if (thread == program_) return status;
        continue;
      }
      resume(thread, status);
    }
  }

 private:
  void resume(pid_t thread, int status) {
    const int signal = WSTOPSIG(status);
    const int event = status >> 16;
    int deliver = 0;
    if (event == PTRACE_EVENT_SECCOMP) {
      at_call(thread);
    } else if (event == PTRACE_EVENT_CLONE) {
      unsigned long made = 0;
      ptrace(PTRACE_GETEVENTMSG, thread, 0, &made);
      // A clone of one of our threads is a thread; children come with fork or vfork.
      if (own_.count(thread) != 0) own_.insert(static_cast<pid_t>(made));
    } else if (event == PTRACE_EVENT_STOP) {
      // A new thread or child, or a stop by SIGSTOP, SIGTSTP, SIGTTIN or SIGTTOU.
      if (signal != SIGTRAP) {
        ptrace(PTRACE_LISTEN, thread, 0, 0);
        return;
      }
    } else if (event == 0) {
      deliver = signal;
    }
    ptrace(PTRACE_CONT, thread, 0, deliver);
  }

  void at_call(pid_t thread) {
    user_regs_struct registers;
    if (ptrace(PTRACE_GETREGS, thread, 0, &registers) != 0) return;
    const auto call = static_cast<long>(registers.orig_rax);
    if (!armed_) {
      armed_ = call == SYS_openat && ends_with(text_at(thread, registers.rsi), kAddon);
      return;
    }
    if (call != plan_.call || !belongs(thread) || is_wake_up(thread, registers)) return;
    if (++count_ != plan_.nth) return;
    const bool done = plan_.error == 0 ? shorten(registers) : fail(registers);
    if (!done) return;
    ptrace(PTRACE_SETREGS, thread, 0, &registers);
    FILE* report = fopen(plan_.report, "w");
    if (report == nullptr) stop(plan_.report);
    fprintf(report, "reached\n");
    fclose(report);
  }

  // The event of a new thread may come after its first call.
  bool belongs(pid_t thread) {
    if (own_.count(thread) != 0) return true;
    const std::string task = "/proc/" + std::to_string(program_) + "/task/" + std::to_string(thread);
    if (access(task.c_str(), F_OK) != 0) return false;
    own_.insert(thread);
    return true;
  }

  // Node wakes its own threads through eventfds and pipes. No device stands behind them: they cannot fail so.
  bool is_wake_up(pid_t thread, const user_regs_struct& registers) const {
    if ((plan_.call != SYS_read && plan_.call != SYS_write) || registers.rdi <= STDERR_FILENO) return false;
    const std::string link = "/proc/" + std::to_string(thread) + "/fd/" + std::to_string(registers.rdi);
    char target[2] = {};
    return readlink(link.c_str(), target, 1) == 1 && target[0] != '/';
  }

  // The kernel skips a call whose number is -1, and leaves its result alone.
  bool fail(user_regs_struct& registers) {
    registers.orig_rax = static_cast<unsigned long long>(-1);
    registers.rax = static_cast<unsigned long long>(-plan_.error);
    return true;
  }

  bool shorten(user_regs_struct& registers) {
    // io_uring_enter(ring, to_submit, ...); all others (descriptor, buffer, length, ...).
    auto& amount = plan_.call == SYS_io_uring_enter ? registers.rsi : registers.rdx;
    if (amount == 0) {
      --count_;
      return false;
    }
    amount /= 2;
    return true;
  }

  const Plan plan_;
  const pid_t program_;
  std::set<pid_t> own_;
  bool armed_ = false;
  long count_ = 0;
};

[[noreturn]] void become(char** command) {
  execvp(command[0], command);
  stop(command[0]);
}

}  // namespace

int main(int count, char** words) {
  if (count < 7) {
    fprintf(stderr, "usage: fail-call once|always CALL ERRNO|short N REPORT PROGRAM [ARGUMENT...]\n");
    return 125;
  }
  const int error = strcmp(words[3], "short") == 0 ? 0 : atoi(words[3]);
  const Plan plan = {strcmp(words[1], "once") == 0, atol(words[2]), error, atol(words[4]), words[5]};
  if (!plan.once) {
    install_filter(plan);
    become(words + 6);
  }
  const pid_t program = fork();
  if (program < 0) stop("fork");
  if (program == 0) {
    raise(SIGSTOP);
    install_filter(plan);
    become(words + 6);
  }
  if (waitpid(program, nullptr, WUNTRACED) != program) stop("waitpid");
  if (ptrace(PTRACE_SEIZE, program, 0, kOptions) != 0) stop("ptrace");
  kill(program, SIGCONT);
  const int status = Injector(plan, program).follow();
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  signal(WTERMSIG(status), SIG_DFL);
  raise(WTERMSIG(status));
  return 128 + WTERMSIG(status);
}
