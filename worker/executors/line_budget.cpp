#include "worker/executors/line_budget.hpp"

#include <fmt/format.h>

namespace trainyard::executors {

using domain::LogLine;

std::vector<LogLine> LineBudget::add(TimePoint at, LineLevel level, std::string text) {
  LogLine line{.job_id = job_, .at = at, .level = level, .text = std::move(text)};
  const bool fits =
      lines_ < bounds_.first_lines && bytes_ + line.text.size() <= bounds_.first_bytes;
  if (!fits || !last_.empty()) {
    hold_back(std::move(line));
    return {};
  }
  ++lines_;
  bytes_ += line.text.size();
  line.seq = ++seq_;
  return {std::move(line)};
}

void LineBudget::hold_back(LogLine line) {
  last_bytes_ += line.text.size();
  last_.push_back(std::move(line));
  while (last_.size() > bounds_.last_lines ||
         (last_bytes_ > bounds_.last_bytes && last_.size() > 1)) {
    last_bytes_ -= last_.front().text.size();
    left_out_at_ = last_.front().at;
    last_.pop_front();
    ++left_out_;
  }
}

std::vector<LogLine> LineBudget::finish() {
  std::vector<LogLine> lines;
  if (left_out_ > 0) {
    lines.push_back({.job_id = job_,
                     .seq = ++seq_,
                     .at = left_out_at_,
                     .level = LineLevel::warning,
                     .text = fmt::format("{} line{} left out here: there were too many", left_out_,
                                         left_out_ == 1 ? " is" : "s are")});
  }
  for (auto& line : last_) {
    line.seq = ++seq_;
    lines.push_back(std::move(line));
  }
  last_.clear();
  left_out_ = 0;
  return lines;
}

}  // namespace trainyard::executors
