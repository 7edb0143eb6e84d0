#include "common/runtime/child_pool.hpp"
#include "common/runtime/child_process.hpp"
#include "common/runtime/drill.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <dirent.h>
#include <fstream>
#include <signal.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/resource.h>
#include <unistd.h>

// A child for tests: tasks that do to their process what trainings may do, and tasks that look at
// what a child inherits. With `parent` it is a parent instead: it runs one endless task, prints the
// pids involved and waits to be killed.

namespace {

using trainyard::Errc;
using trainyard::fail;
using trainyard::Result;
using trainyard::runtime::TaskContext;
using trainyard::runtime::TaskRegistry;

Result<std::string> echo(std::string_view request, TaskContext&) {
  return std::string(request);
}

// Trains nothing: its results are the request.
Result<std::string> train(std::string_view request, TaskContext&) {
  return fmt::format(R"({{"results":{},"metrics":{{"naive":{{"mape":5.2}}}},"artifact_uri":"a"}})",
                     request);
}

Result<std::string> drill(std::string_view request, TaskContext& context) {
  return trainyard::runtime::drill_task(request, context);
}

Result<std::string> big(std::string_view request, TaskContext&) {
  std::size_t size = 0;
  std::from_chars(request.data(), request.data() + request.size(), size);
  return std::string(size, 'x');
}

Result<std::string> exhaust_memory(std::string_view, TaskContext&) {
  const rlimit limit{.rlim_cur = 512u << 20, .rlim_max = RLIM_INFINITY};
  ::setrlimit(RLIMIT_AS, &limit);
  std::vector<std::unique_ptr<char[]>> hoard;
  while (true)
    hoard.push_back(std::make_unique<char[]>(16u << 20));
}

Result<std::string> garbage(std::string_view, TaskContext&) {
  const std::string noise(1'000, '\xff');
  std::ignore = ::write(trainyard::runtime::child_socket_fd, noise.data(), noise.size());
  ::pause();
  return "";
}

Result<std::string> leave(std::string_view, TaskContext&) {
  ::_exit(7);
}

Result<std::string> raise_exception(std::string_view, TaskContext&) {
  throw std::runtime_error("a library lost its temper");
}

Result<std::string> refuse(std::string_view, TaskContext&) {
  return fail({.code = Errc::invalid_argument,
               .detail = "not a number",
               .field = "sales",
               .row = 12,
               .hint = "remove the text",
               .category = trainyard::Category::data});
}

// Many reports within one interval, the last of which must not get lost.
Result<std::string> report_fast(std::string_view, TaskContext& context) {
  for (int i = 1; i <= 1'000; ++i) {
    context.report({.fraction = i / 1'000.0, .step = fmt::format("step {}", i)});
  }
  context.log(trainyard::LineLevel::info, "all reported");
  while (!context.stop.stop_requested())
    std::this_thread::yield();
  return fail(Errc::cancelled, "stopped");
}

// Writes what it is asked to: "out" and "err" by the usual ways, "last words" as a crash does.
Result<std::string> print(std::string_view request, TaskContext& context) {
  context.log(trainyard::LineLevel::warning, "about to print");
  if (request == "last words") {
    std::fputs("assertion failed: y > 0", stderr);
    std::abort();
  }
  std::printf("%.*s", static_cast<int>(request.size()), request.data());
  std::fputs("to standard error\n", stderr);
  return "";
}

// Prints until it is full of it: more than any buffer on the way holds.
Result<std::string> chatter(std::string_view, TaskContext&) {
  for (int i = 0; i < 100'000; ++i)
    std::printf("line %d\n", i);
  return "";
}

Result<std::string> list_descriptors(std::string_view, TaskContext&) {
  std::string names;
  auto* directory = ::opendir("/proc/self/fd");
  const int own = ::dirfd(directory);
  while (const auto* entry = ::readdir(directory)) {
    if (entry->d_name[0] == '.' || std::to_string(own) == entry->d_name) continue;
    char target[256] = {};
    std::ignore = ::readlink(fmt::format("/proc/self/fd/{}", entry->d_name).c_str(), target, 255);
    names += fmt::format("{} {}\n", entry->d_name, target);
  }
  ::closedir(directory);
  return names;
}

Result<std::string> oom_score(std::string_view, TaskContext&) {
  std::ifstream file("/proc/self/oom_score_adj");
  std::string text;
  file >> text;
  return text;
}

// Starts a process of its own, tells both pids, and never ends.
Result<std::string> start_grandchild(std::string_view, TaskContext& context) {
  char name[] = "/bin/sleep";
  char seconds[] = "1000";
  char* arguments[] = {name, seconds, nullptr};
  pid_t pid = 0;
  ::posix_spawn(&pid, name, nullptr, nullptr, arguments, environ);
  context.log(trainyard::LineLevel::info, fmt::format("{} {}", ::getpid(), pid));
  while (true)
    ::pause();
}

TaskRegistry tasks() {
  return {{"echo", echo},
          {"train", train},
          {"drill", drill},
          {"big", big},
          {"exhaust_memory", exhaust_memory},
          {"garbage", garbage},
          {"leave", leave},
          {"raise_exception", raise_exception},
          {"refuse", refuse},
          {"report_fast", report_fast},
          {"print", print},
          {"chatter", chatter},
          {"list_descriptors", list_descriptors},
          {"oom_score", oom_score},
          {"start_grandchild", start_grandchild}};
}

int run_parent() {
  trainyard::runtime::TaskEvents events;
  events.log = [](auto, const trainyard::runtime::TaskLine& line) {
    const auto text = line.text + "\n";
    std::ignore = ::write(STDOUT_FILENO, text.data(), text.size());
  };
  events.finished = [](auto, auto) {};
  trainyard::runtime::ChildPool pool({}, {.children = 1, .command = {"/proc/self/exe"}}, events);
  pool.submit({.kind = "start_grandchild"});
  while (true)
    ::pause();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "parent") == 0) return run_parent();
  return trainyard::runtime::run_child(tasks());
}
