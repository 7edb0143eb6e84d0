#pragma once

#include "common/base/error.hpp"

#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace trainyard::runtime {

// Owns a file descriptor.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~UniqueFd() { reset(); }

  int get() const { return fd_; }
  void reset();

 private:
  int fd_ = -1;
};

// Where the child finds its end of the socket, and where it can read what it writes to standard
// output and error.
inline constexpr int child_socket_fd = 3;
inline constexpr int child_output_fd = 4;

// How a child ended, as waitid() tells it.
struct ChildExit {
  bool by_signal = false;
  int status = 0;  // exit code or signal
};

// A child process with a stream socket to it, in a process group of its own, so that what it starts
// can be killed with it. Its standard output and error go into a second socket, which both it and
// its parent can read: it alone knows which task a line is of, and only its parent can still read
// what it wrote before it died. Inherits no other descriptors, no blocked signals and no handlers.
// spawn() belongs on a thread that outlives the child: the child dies with that thread (PDEATHSIG).
class ChildProcess {
 public:
  // Errc::unavailable: there is no such command, or the system has no room for a process.
  // `environment`: NAME=value, on top of this process's own.
  static Result<ChildProcess> spawn(const std::vector<std::string>& command,
                                    const std::vector<std::string>& environment = {});

  int socket() const { return socket_.get(); }  // non-blocking
  int pidfd() const { return pidfd_.get(); }    // readable once it is dead
  void close_socket() { socket_.reset(); }
  // What it wrote and did not read itself. After its death.
  std::string last_output() const;
  void kill_group() const;
  // Waits for its end, kills what is left of its group, and frees the pid. Once.
  ChildExit reap();

 private:
  pid_t pid_ = -1;
  UniqueFd socket_;
  UniqueFd output_;
  UniqueFd pidfd_;
};

// What a death that we did not cause says about the task that was running: category `cluster`.
Error describe_death(const ChildExit& exit);

}  // namespace trainyard::runtime
