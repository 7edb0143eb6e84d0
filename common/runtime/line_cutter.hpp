#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace trainyard::runtime {

inline constexpr std::size_t line_bytes_max = 4 * 1024;

// Cuts what a process prints into lines. Empty lines are left out; of a line that overwrote itself
// (a progress bar's carriage returns) its last state counts; one that is longer than line_bytes_max
// is cut short and says so. Pure.
class LineCutter {
 public:
  using Take = std::function<void(std::string line)>;

  void feed(std::string_view bytes, const Take& take);
  // There is no more: what was begun is a line, too.
  void end(const Take& take);

 private:
  void append(std::string_view part);

  std::string begun_;
  std::size_t left_out_ = 0;  // bytes of the line that was begun
};

}  // namespace trainyard::runtime
