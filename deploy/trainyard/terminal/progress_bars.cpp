#include "deploy/trainyard/terminal/progress_bars.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trainyard::terminal {
namespace {

constexpr int bar_width = 32;

std::string bar(int done, int total) {
  const int filled = total == 0 ? bar_width : bar_width * done / total;
  std::string text;
  for (int i = 0; i < bar_width; ++i)
    text += i < filled ? "█" : "░";
  return text;
}

std::string remaining_text(const BatchProgress& progress) {
  return progress.remaining ? fmt::format("  about {} s left", progress.remaining->count()) : "";
}

}  // namespace

std::string render_progress(const BatchProgress& progress) {
  std::string text;
  for (const auto& model : progress.models) {
    text += fmt::format("  {:<16} {} {:>5}/{}", model.model, bar(model.done, model.total),
                        model.done, model.total);
    if (model.failed > 0) text += fmt::format("  {} failed", model.failed);
    text += '\n';
  }
  text += fmt::format("  {:<16} {} {:>4} %{}\n", "all", bar(progress.percent, 100),
                      progress.percent, remaining_text(progress));
  return text;
}

std::string erase_progress(const BatchProgress& progress) {
  return fmt::format("\x1b[{}A\x1b[J", progress.models.size() + 1);
}

std::string render_progress_line(const BatchProgress& progress) {
  int done = 0;
  int total = 0;
  for (const auto& model : progress.models) {
    done += model.done;
    total += model.total;
  }
  return fmt::format("{:>3} %  {}/{} jobs{}\n", progress.percent, done, total,
                     remaining_text(progress));
}

}  // namespace trainyard::terminal
