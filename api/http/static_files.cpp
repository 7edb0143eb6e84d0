#include "api/http/await.hpp"
#include "api/http/handlers.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

namespace trainyard::http {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t file_bytes_max = 32 << 20;

// What a page may load and whom it may talk to: this server. Style sheets of the API's page hold
// pictures as data.
constexpr std::string_view page_policy =
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

std::string_view type_of(const fs::path& path) {
  struct Type {
    std::string_view extension;
    std::string_view type;
  };
  static constexpr std::array types{Type{".html", "text/html; charset=utf-8"},
                                    Type{".js", "text/javascript; charset=utf-8"},
                                    Type{".css", "text/css; charset=utf-8"},
                                    Type{".json", "application/json"},
                                    Type{".svg", "image/svg+xml"},
                                    Type{".png", "image/png"},
                                    Type{".ico", "image/x-icon"},
                                    Type{".woff2", "font/woff2"},
                                    Type{".txt", "text/plain; charset=utf-8"},
                                    Type{".map", "application/json"},
                                    Type{".webmanifest", "application/manifest+json"},
                                    Type{".yaml", "application/yaml"}};
  const auto extension = path.extension().string();
  for (const auto& known : types) {
    if (known.extension == extension) return known.type;
  }
  return "application/octet-stream";
}

// Only plain names: no "..", no hidden files, no backslashes, so nothing leads out of the folder.
bool is_plain(std::string_view path) {
  if (path.contains('\\') || path.contains("//")) return false;
  return !path.contains("/.");
}

// A link in the folder that leads out of it is not followed.
bool is_inside(const fs::path& root, const fs::path& file) {
  std::error_code error;
  const auto real = fs::weakly_canonical(file, error).string();
  if (error) return false;
  const auto real_root = fs::weakly_canonical(root, error).string();
  return !error && real.starts_with(real_root + "/");
}

Result<Response> read_page(const fs::path& root, const std::string& path) {
  std::error_code error;
  fs::path file = root / (path == "/" ? std::string("index.html") : path.substr(1));
  if (!fs::is_regular_file(file, error) && !file.has_extension()) {
    // The main page's own routes live in the browser: a path that is no other page gets it.
    file += ".html";
    if (!fs::is_regular_file(file, error)) file = root / "index.html";
  }
  const auto size = fs::file_size(file, error);
  if (error || !fs::is_regular_file(file, error) || !is_inside(root, file)) {
    return fail(Errc::not_found, fmt::format("there is nothing at {}", path));
  }
  if (size > file_bytes_max) return fail(Errc::too_large, "the file is too large to be a page");
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  // Vite names what is in assets/ after its content, so it never changes.
  const bool fixed = path.starts_with("/assets/");
  Response page{
      .content_type = std::string(type_of(file)),
      .body = std::move(text).str(),
      .headers = {{"Cache-Control", fixed ? "public, max-age=31536000, immutable" : "no-cache"}}};
  if (file.extension() == ".html") {
    page.headers.emplace_back("Content-Security-Policy", page_policy);
  }
  return page;
}

}  // namespace

asio::awaitable<Reply> get_page(Api& api, Request& request) {
  const bool is_api =
      request.path == "/api" || request.path.starts_with("/api/") || request.path == "/ws";
  if (is_api || api.web_dir.empty() || !is_plain(request.path)) {
    co_return std::unexpected(
        Failure(fail(Error{.code = Errc::not_found,
                           .detail = fmt::format("there is nothing at {}", request.path),
                           .hint = "see /api/v2/openapi.json"})
                    .error()));
  }
  auto page = co_await offload(api.pool, [&] { return read_page(api.web_dir, request.path); });
  if (!page) co_return std::unexpected(std::move(page).error());
  co_return *std::move(page);
}

}  // namespace trainyard::http
