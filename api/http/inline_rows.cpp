#include "api/http/inline_rows.hpp"

#include "api/http/upload_file.hpp"
#include "common/wire/rows_csv.hpp"

namespace trainyard::http {

Result<std::string> store_rows(const std::filesystem::path& dir, std::string_view rows) {
  TRY(const auto csv, wire::rows_to_csv(rows));
  TRY(auto file, UploadFile::create(dir, ".csv"));
  TRY_DO(file.write(csv));
  TRY_DO(file.close());
  file.keep();
  return std::filesystem::absolute(file.path()).string();
}

}  // namespace trainyard::http
