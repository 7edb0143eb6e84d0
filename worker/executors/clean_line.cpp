#include "worker/executors/clean_line.hpp"

#include "common/base/utf8.hpp"

#include <algorithm>

namespace trainyard::executors {
namespace {

constexpr std::string_view hidden = "***";
// A shorter one would hide what is no secret.
constexpr std::size_t secret_size_min = 6;

void hide(std::string& line, std::string_view secret) {
  if (secret.size() < secret_size_min) return;
  for (auto at = line.find(secret); at != std::string::npos;
       at = line.find(secret, at + hidden.size())) {
    line.replace(at, secret.size(), hidden);
  }
}

// scheme://user:password@host
void hide_passwords_of_urls(std::string& line) {
  for (auto at = line.find("://"); at != std::string::npos; at = line.find("://", at + 3)) {
    const auto authority = at + 3;
    const auto end = line.find_first_of("/ \"'<>", authority);
    const auto sign = line.substr(0, end).rfind('@');
    const auto colon = line.find(':', authority);
    if (sign == std::string::npos || sign < authority || colon >= sign) continue;
    line.replace(colon + 1, sign - colon - 1, hidden);
  }
}

}  // namespace

std::string clean_line(std::string_view line, std::span<const Secret> secrets) {
  auto clean = valid_utf8(line);
  std::ranges::replace_if(
      clean, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  for (const auto& secret : secrets)
    hide(clean, secret.reveal());
  hide_passwords_of_urls(clean);
  return clean;
}

}  // namespace trainyard::executors
