#include "common/runtime/init_process.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace trainyard::runtime {
namespace {

constexpr pid_t init_pid = 1;

// Collects all that are dead; the exit code once `main` is among them.
std::optional<int> collect(pid_t main) {
  std::optional<int> code;
  int status = 0;
  for (pid_t dead = 0; (dead = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    if (dead != main) continue;
    code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return code;
}

}  // namespace

std::optional<int> serve_as_init() {
  if (::getpid() != init_pid) return std::nullopt;
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, &before);
  const pid_t main = ::fork();
  if (main <= 0) {
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    return std::nullopt;
  }
  while (true) {
    siginfo_t info{};
    const int signal = ::sigwaitinfo(&all, &info);
    if (signal == SIGCHLD) {
      if (const auto code = collect(main)) return code;
    } else if (signal > 0 && info.si_code != SI_KERNEL) {
      // What a terminal sends has reached the whole group already.
      ::kill(main, signal);
    }
  }
}

}  // namespace trainyard::runtime
