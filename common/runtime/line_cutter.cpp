#include "common/runtime/line_cutter.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trainyard::runtime {

void LineCutter::feed(std::string_view bytes, const Take& take) {
  while (true) {
    const auto at = bytes.find('\n');
    if (at == std::string_view::npos) return append(bytes);
    append(bytes.substr(0, at));
    end(take);
    bytes.remove_prefix(at + 1);
  }
}

void LineCutter::append(std::string_view part) {
  while (!part.empty()) {
    if (!begun_.empty() && begun_.back() == '\r') {
      begun_.clear();
      left_out_ = 0;
    }
    const auto back = part.find('\r');
    const auto piece = part.substr(0, back);
    const auto room = line_bytes_max - std::min(line_bytes_max, begun_.size());
    begun_ += piece.substr(0, room);
    left_out_ += piece.size() - std::min(room, piece.size());
    if (back == std::string_view::npos) return;
    begun_ += '\r';
    part.remove_prefix(back + 1);
  }
}

void LineCutter::end(const Take& take) {
  if (!begun_.empty() && begun_.back() == '\r') begun_.pop_back();
  if (left_out_ > 0) begun_ += fmt::format(" … ({} more bytes)", left_out_);
  left_out_ = 0;
  if (!begun_.empty()) take(std::move(begun_));
  begun_.clear();
}

}  // namespace trainyard::runtime
