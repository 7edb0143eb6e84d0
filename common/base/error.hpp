#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

// The one error type of the project, and Result<T>. Expected outcomes (a missing job, a refused
// transition, a database that is away) are values; exceptions are for start-up failures and
// third-party surprises and are caught at three barriers only: request, job, thread main.

namespace trainyard {

enum class Errc {
  invalid_argument,    // the caller's input is wrong: `field`, `row` and `hint` say where and how
  not_found,           // no such job, batch, file
  conflict,            // the record changed underneath, or the thing exists already
  illegal_transition,  // the job's state does not allow it
  forbidden,           // it belongs to somebody else
  lease_lost,          // the fencing token is not the current one: the work is another worker's
  cancelled,           // stopped on request
  deadline,            // took longer than it was allowed to
  unavailable,         // a server is away or busy: trying again may help
  in_doubt,            // a commit's outcome is unknown: read again before repeating
  corrupt_data,        // stored or received bytes do not parse
  exhausted,           // something ran out: queue, memory, disk
  limited,             // a limit that is set on this caller or its work: wait
  too_large,           // over a size limit
  internal,            // a defect of ours
};

// Seed categories; they decide what happens after a failure (docs: db/README.md).
enum class Category { transient, cluster, data, config, permanent };

struct Error {
  Errc code = Errc::internal;
  std::string detail;                               // one sentence for the person who can act on it
  std::string field = {};                           // the offending key, column or parameter
  std::optional<std::int64_t> row = std::nullopt;   // 1-based line or row of the input
  std::string hint = {};                            // what to do
  std::optional<Category> category = std::nullopt;  // overrides category_of(code)
};

template <class T>
using Result = std::expected<T, Error>;

std::unexpected<Error> fail(Errc code, std::string detail);
std::unexpected<Error> fail(Error error);

std::string_view to_string(Errc code);
std::string_view to_string(Category category);
std::optional<Category> category_from(std::string_view name);

// Total: every code has a category, so every failure has a retry decision.
Category category_of(const Error& error);

// "field 'horizon', row 12: detail (hint)", for terminals and logs.
std::string describe(const Error& error);

}  // namespace trainyard

#define TRAINYARD_CONCAT_(a, b) a##b
#define TRAINYARD_CONCAT(a, b) TRAINYARD_CONCAT_(a, b)

// TRY(auto job, store.get(id)): declares `job` or returns the error to the caller.
#define TRY(declaration, ...) \
  TRY_IMPL_(TRAINYARD_CONCAT(try_result_, __LINE__), declaration, __VA_ARGS__)
#define TRY_IMPL_(result, declaration, ...)                           \
  auto result = (__VA_ARGS__);                                        \
  if (!result) return ::std::unexpected(::std::move(result).error()); \
  declaration = *::std::move(result)

// TRY_DO(store.save(job)): the same for a Result<void>.
#define TRY_DO(...)                                              \
  do {                                                           \
    if (auto try_result = (__VA_ARGS__); !try_result)            \
      return ::std::unexpected(::std::move(try_result).error()); \
  } while (false)
