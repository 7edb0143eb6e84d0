#include "common/runtime/drill.hpp"

#include "common/base/time.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <signal.h>
#include <unistd.h>

namespace trainyard::runtime {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view sleep_prefix = "sleep:";
constexpr std::string_view fail_prefix = "fail:";
constexpr const char* empty_answer = R"({"results":{},"metrics":{},"artifact_uri":""})";

std::optional<milliseconds> sleep_of(std::string_view what) {
  if (!what.starts_with(sleep_prefix)) return std::nullopt;
  const auto digits = what.substr(sleep_prefix.size());
  int count = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (error != std::errc() || end != digits.data() + digits.size() || count < 0) {
    return std::nullopt;
  }
  return milliseconds(count);
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

}  // namespace

Result<std::string> drill_task(std::string_view what, TaskContext& context) {
  if (what == "noop") return empty_answer;
  if (what == "stamp") {
    return fmt::format(R"({{"results":{{"began_at":"{}"}},"metrics":{{}},"artifact_uri":""}})",
                       to_iso8601(system_clock().now()));
  }
  if (const auto duration = sleep_of(what)) return sleep_for(*duration, context);
  if (const auto category = failure_of(what)) {
    return fail({.code = Errc::internal,
                 .detail = fmt::format("the drill failed as asked ({})", to_string(*category)),
                 .category = category});
  }
  if (what == "crash") crash();
  if (what == "abort") std::abort();
  if (what == "oom") ::raise(SIGKILL);
  if (what == "hang") hang();
  return fail({.code = Errc::invalid_argument,
               .detail = fmt::format("'{}' is not a drill", what),
               .field = "drill",
               .hint = "use noop, stamp, sleep:<ms>, crash, abort, oom, hang or fail:<category>"});
}

}  // namespace trainyard::runtime
