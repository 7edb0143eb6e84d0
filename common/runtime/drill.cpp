#include "common/runtime/drill.hpp"

#include "common/base/time.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <signal.h>
#include <unistd.h>

namespace trainyard::runtime {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view sleep_prefix = "sleep:";
constexpr std::string_view say_prefix = "say:";
constexpr std::string_view fail_prefix = "fail:";
constexpr const char* empty_answer = R"({"results":{},"metrics":{},"artifact_uri":""})";

// "sleep:250" -> 250
std::optional<int> count_after(std::string_view prefix, std::string_view what) {
  if (!what.starts_with(prefix)) return std::nullopt;
  const auto digits = what.substr(prefix.size());
  int count = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (error != std::errc() || end != digits.data() + digits.size() || count < 0) {
    return std::nullopt;
  }
  return count;
}

std::optional<Category> failure_of(std::string_view what) {
  if (!what.starts_with(fail_prefix)) return std::nullopt;
  return category_from(what.substr(fail_prefix.size()));
}

Result<std::string> sleep_for(milliseconds duration, TaskContext& context) {
  constexpr milliseconds step{20};
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  const auto begin = std::chrono::steady_clock::now();
  const auto end = begin + duration;
  for (auto now = begin; now < end; now = std::chrono::steady_clock::now()) {
    wake.wait_until(lock, context.stop, std::min(now + step, end), [] { return false; });
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "the drill was stopped");
    const std::chrono::duration<double> done = std::chrono::steady_clock::now() - begin;
    context.report({.fraction = std::min(1.0, done / std::chrono::duration<double>(duration)),
                    .step = "Drilling"});
  }
  return empty_answer;
}

[[noreturn]] void hang() {
  while (true)
    ::pause();
}

void crash() {
  // A raised SIGSEGV would be caught by a sanitizer; this one too, but as the real thing.
  volatile int* nowhere = nullptr;
  *nowhere = 1;
}

[[noreturn]] void abort_with_a_word() {
  std::fputs("the drill aborts as asked\n", stderr);
  std::abort();
}

// Logs one line and prints so many.
Result<std::string> say(int lines, TaskContext& context) {
  context.log(LineLevel::info, fmt::format("the drill prints {} lines", lines));
  for (int i = 1; i <= lines; ++i)
    fmt::print("line {}\n", i);
  return empty_answer;
}

}  // namespace

Result<std::string> drill_task(std::string_view what, TaskContext& context) {
  if (what == "noop") return empty_answer;
  if (what == "stamp") {
    return fmt::format(R"({{"results":{{"began_at":"{}"}},"metrics":{{}},"artifact_uri":""}})",
                       to_iso8601(system_clock().now()));
  }
  if (const auto duration = count_after(sleep_prefix, what)) {
    return sleep_for(milliseconds(*duration), context);
  }
  if (const auto lines = count_after(say_prefix, what)) return say(*lines, context);
  if (const auto category = failure_of(what)) {
    return fail({.code = Errc::internal,
                 .detail = fmt::format("the drill failed as asked ({})", to_string(*category)),
                 .category = category});
  }
  if (what == "crash") crash();
  if (what == "abort") abort_with_a_word();
  if (what == "oom") ::raise(SIGKILL);
  if (what == "hang") hang();
  return fail(
      {.code = Errc::invalid_argument,
       .detail = fmt::format("'{}' is not a drill", what),
       .field = "drill",
       .hint =
           "use noop, stamp, sleep:<ms>, say:<lines>, crash, abort, oom, hang or fail:<category>"});
}

}  // namespace trainyard::runtime
