#include "common/adapters/duckdb/library.hpp"

#include "common/adapters/duckdb/connection_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <dlfcn.h>
#include <filesystem>

namespace trainyard::duckdb {
namespace {

constexpr const char* file_name = "libduckdb.so";

void* open_first(const std::vector<std::string>& directories) {
  for (const auto& directory : directories) {
    const auto path = directory.empty() ? file_name : directory + "/" + file_name;
    if (void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) return handle;
  }
  return nullptr;
}

class Symbols {
 public:
  explicit Symbols(void* handle) : handle_(handle) {}

  template <class Function>
  void find(Function& into, const char* name) {
    into = reinterpret_cast<Function>(dlsym(handle_, name));
    if (into == nullptr && missing_.empty()) missing_ = name;
  }
  const std::string& missing() const { return missing_; }

 private:
  void* handle_;
  std::string missing_;
};

std::unexpected<Error> unusable(std::string detail) {
  return fail(Error{.code = Errc::unavailable,
                    .detail = std::move(detail),
                    .hint = "run deploy/setup, which installs DuckDB 1.4",
                    .category = Category::config});
}

}  // namespace

std::vector<std::string> default_library_directories() {
  std::error_code ignored;
  const auto executable = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return {TRAINYARD_DUCKDB_DIR, executable.parent_path().string(), ""};
}

Result<Library> load_library(const std::vector<std::string>& directories) {
  void* handle = open_first(directories);
  if (handle == nullptr) {
    return unusable(fmt::format("{} was found neither in {} nor by the system", file_name,
                                fmt::join(directories, ", ")));
  }
  Symbols symbols(handle);
  Library library{};
  symbols.find(library.create_config, "duckdb_create_config");
  symbols.find(library.set_config, "duckdb_set_config");
  symbols.find(library.destroy_config, "duckdb_destroy_config");
  symbols.find(library.open_ext, "duckdb_open_ext");
  symbols.find(library.close, "duckdb_close");
  symbols.find(library.connect, "duckdb_connect");
  symbols.find(library.disconnect, "duckdb_disconnect");
  symbols.find(library.interrupt, "duckdb_interrupt");
  symbols.find(library.prepare, "duckdb_prepare");
  symbols.find(library.prepare_error, "duckdb_prepare_error");
  symbols.find(library.destroy_prepare, "duckdb_destroy_prepare");
  symbols.find(library.execute_streaming, "duckdb_execute_prepared_streaming");
  symbols.find(library.destroy_result, "duckdb_destroy_result");
  symbols.find(library.result_error, "duckdb_result_error");
  symbols.find(library.result_error_type, "duckdb_result_error_type");
  symbols.find(library.fetch_chunk, "duckdb_fetch_chunk");
  symbols.find(library.destroy_data_chunk, "duckdb_destroy_data_chunk");
  symbols.find(library.chunk_size, "duckdb_data_chunk_get_size");
  symbols.find(library.chunk_vector, "duckdb_data_chunk_get_vector");
  symbols.find(library.vector_data, "duckdb_vector_get_data");
  symbols.find(library.vector_validity, "duckdb_vector_get_validity");
  symbols.find(library.free, "duckdb_free");
  if (!symbols.missing().empty()) {
    return unusable(fmt::format("{} has no {}: another version", file_name, symbols.missing()));
  }
  return library;
}

}  // namespace trainyard::duckdb
