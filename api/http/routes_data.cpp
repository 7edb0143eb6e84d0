#include "api/http/await.hpp"
#include "api/http/handlers.hpp"
#include "api/http/multipart_reader.hpp"
#include "api/http/openapi.hpp"
#include "api/http/upload_file.hpp"
#include "common/wire/json_writer.hpp"

#include <fmt/format.h>

namespace trainyard::http {
namespace {

std::string data_json(const ConvertedData& data) {
  wire::JsonWriter out;
  out.begin_object()
      .field("data_path", data.data_path)
      .field("rows", data.rows)
      .key("columns")
      .begin_array();
  for (const auto& column : data.columns)
    out.value(column);
  out.end_array().end_object();
  return out.take();
}

asio::awaitable<Result<void>> receive_raw(Api& api, BodyStream& body, UploadFile& file) {
  while (true) {
    auto piece = co_await body.next();
    if (!piece) co_return std::unexpected(std::move(piece).error());
    if (piece->empty()) co_return Result<void>();
    auto written = co_await offload(api.pool, [&] { return file.write(*piece); });
    if (!written) co_return written;
  }
}

asio::awaitable<Result<void>> receive_form(Api& api, BodyStream& body, UploadFile& file,
                                           std::string_view boundary) {
  MultipartReader form(boundary);
  while (true) {
    auto piece = co_await body.next();
    if (!piece) co_return std::unexpected(std::move(piece).error());
    if (piece->empty()) co_return form.finish();
    std::string bytes;
    if (auto fed = form.feed(*piece, bytes); !fed) co_return fed;
    auto written = co_await offload(api.pool, [&] { return file.write(bytes); });
    if (!written) co_return written;
  }
}

// A client's mistake in the data is 422, whatever the reader calls it.
Failure refused_data(Error error) {
  const bool theirs = error.code == Errc::invalid_argument || error.code == Errc::corrupt_data;
  if (theirs && !error.category) error.category = Category::data;
  const int status = theirs ? 422 : http_status(error.code);
  return Failure(status, std::move(error));
}

}  // namespace

asio::awaitable<Reply> post_upload(Api& api, Request& request) {
  const bool is_form = request.media_type() == "multipart/form-data";
  const auto boundary = boundary_of(request.content_type);
  if (is_form && boundary.empty()) {
    co_return bad_request("Content-Type", "multipart/form-data needs a boundary");
  }
  auto file =
      co_await offload(api.pool, [&] { return UploadFile::create(api.upload_dir, ".csv"); });
  if (!file) co_return std::unexpected(std::move(file).error());
  auto received = is_form ? co_await receive_form(api, *request.stream, *file, boundary)
                          : co_await receive_raw(api, *request.stream, *file);
  if (!received && received.error().code == Errc::invalid_argument) {
    co_return std::unexpected(Failure(400, std::move(received).error()));
  }
  if (!received) co_return std::unexpected(std::move(received).error());
  auto data = co_await offload(api.pool, [&]() -> Result<ConvertedData> {
    TRY_DO(file->close());
    TRY(auto converted, api.convert(file->path()));
    if (converted.data_path == file->path()) file->keep();
    return converted;
  });
  if (!data) co_return std::unexpected(refused_data(std::move(data).error()));
  request.changed = data->data_path;
  co_return Response{.status = 201, .body = data_json(*data)};
}

asio::awaitable<Reply> get_openapi(Api&, Request&) {
  co_return Response{.body = std::string(openapi())};
}

asio::awaitable<Reply> get_health(Api& api, Request&) {
  struct Health {
    Result<void> store;
    Result<void> bus;
  };
  auto health = co_await offload(api.pool, [&]() -> Result<Health> {
    return Health{.store = api.store.ping(), .bus = api.bus.ping()};
  });
  if (!health) co_return std::unexpected(std::move(health).error());
  const bool well = health->store && health->bus;
  wire::JsonWriter out;
  out.begin_object()
      .field("status", well ? "ok" : "degraded")
      .field("version", api.version)
      .field("store", health->store ? "ok" : describe(health->store.error()))
      .field("bus", health->bus ? "ok" : describe(health->bus.error()))
      .end_object();
  co_return Response{.status = well ? 200 : 503, .body = out.take()};
}

}  // namespace trainyard::http
