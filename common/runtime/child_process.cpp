#include "common/runtime/child_process.hpp"

#include "common/base/invariant.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace trainyard::runtime {
namespace {

constexpr std::size_t last_output_max = 1U << 20;  // more than a socket holds

std::unexpected<Error> cannot(std::string_view what, int error) {
  return fail(Errc::unavailable,
              fmt::format("cannot {}: {}", what, std::generic_category().message(error)));
}

// Numbers above those that a child's descriptors get, so that none takes another's place.
Result<std::pair<UniqueFd, UniqueFd>> socket_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return cannot("make a socket for a child process", errno);
  }
  const UniqueFd low[2] = {UniqueFd(ends[0]), UniqueFd(ends[1])};
  UniqueFd high[2];
  for (int i = 0; i < 2; ++i) {
    high[i] = UniqueFd(::fcntl(low[i].get(), F_DUPFD_CLOEXEC, child_output_fd + 1));
    if (high[i].get() < 0) return cannot("make a socket for a child process", errno);
  }
  return std::pair(std::move(high[0]), std::move(high[1]));
}

// The attributes and file actions of posix_spawn, freed together.
class SpawnPlan {
 public:
  SpawnPlan(int socket, int output, int output_back) {
    posix_spawnattr_init(&attributes_);
    posix_spawn_file_actions_init(&actions_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    // A library that prints must not write into the parent's output.
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, output, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, socket, child_socket_fd);
    posix_spawn_file_actions_adddup2(&actions_, output_back, child_output_fd);
    posix_spawn_file_actions_addclosefrom_np(&actions_, child_output_fd + 1);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&actions_);
  }

  const posix_spawnattr_t* attributes() const { return &attributes_; }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }

 private:
  posix_spawnattr_t attributes_;
  posix_spawn_file_actions_t actions_;
};

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const auto& text : texts)
    pointers.push_back(const_cast<char*>(text.c_str()));
  return pointers;
}

}  // namespace

void UniqueFd::reset() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Result<ChildProcess> ChildProcess::spawn(const std::vector<std::string>& command,
                                         const std::vector<std::string>& environment) {
  invariant(!command.empty(), "a child needs a command");
  ChildProcess child;
  TRY(auto talk, socket_pair());
  child.socket_ = std::move(talk.first);
  ::fcntl(child.socket(), F_SETFL, O_NONBLOCK);
  TRY(auto output, socket_pair());
  child.output_ = std::move(output.first);

  auto arguments = pointers_to(command);
  arguments.push_back(nullptr);
  auto variables = pointers_to(environment);  // of two with one name the first is found
  for (char** own = environ; *own != nullptr; ++own)
    variables.push_back(*own);
  variables.push_back(nullptr);
  const SpawnPlan plan(talk.second.get(), output.second.get(), child.output_.get());
  if (const int error = ::posix_spawn(&child.pid_, arguments[0], plan.actions(), plan.attributes(),
                                      arguments.data(), variables.data());
      error != 0) {
    return cannot(fmt::format("start '{}'", command[0]), error);
  }
  // Nobody else reaps, so the pid cannot have been given to another process yet.
  child.pidfd_ = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, child.pid_, 0)));
  if (child.pidfd_.get() < 0) {
    const int error = errno;
    child.kill_group();
    child.reap();
    return cannot("watch a child process", error);
  }
  return child;
}

std::string ChildProcess::last_output() const {
  std::string bytes;
  std::array<char, 4096> piece;
  while (bytes.size() < last_output_max) {
    const auto count = ::recv(output_.get(), piece.data(), piece.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    bytes.append(piece.data(), static_cast<std::size_t>(count));
  }
  return bytes;
}

void ChildProcess::kill_group() const {
  ::kill(-pid_, SIGKILL);
}

ChildExit ChildProcess::reap() {
  siginfo_t info{};
  const auto wait = [&](int options) {
    while (::waitid(P_PID, static_cast<id_t>(pid_), &info, options) != 0 && errno == EINTR) {
    }
  };
  // While the dead leader is not collected its group id cannot be anybody else's.
  wait(WEXITED | WNOWAIT);
  kill_group();
  wait(WEXITED);
  return {.by_signal = info.si_code != CLD_EXITED, .status = info.si_status};
}

Error describe_death(const ChildExit& exit) {
  if (!exit.by_signal) {
    return {.code = Errc::internal,
            .detail = fmt::format("the training process exited with code {}", exit.status),
            .category = Category::cluster};
  }
  if (exit.status == SIGKILL) {
    return {.code = Errc::exhausted,
            .detail = "the training process was killed, most likely for memory",
            .hint = "use less data per job, or give the worker more memory",
            .category = Category::cluster};
  }
  const char* name = ::sigabbrev_np(exit.status);
  return {.code = Errc::internal,
          .detail = fmt::format("the training process crashed (SIG{})",
                                name ? std::string(name) : std::to_string(exit.status)),
          .category = Category::cluster};
}

}  // namespace trainyard::runtime
