#pragma once

#include <string>
#include <utility>

namespace trainyard {

// A password, token or key. It has no stream or format support, so it cannot reach a log by
// accident; reveal() marks the few places that really need the text.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

}  // namespace trainyard
