#include "common/adapters/postgres/pg_error.hpp"

#include <fmt/format.h>
#include <pqxx/pqxx>

namespace trainyard::postgres {
namespace {

// libpq's messages end with a line break and may have several lines.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char character : text) {
    if (character != '\n') {
      line += character;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  while (!line.empty() && line.back() == ' ')
    line.pop_back();
  return fmt::format("PostgreSQL: {}", line);
}

PgFailure broken(std::string detail, Effect effect) {
  return {.kind = PgFailure::Kind::broken,
          .error = {.code = effect == Effect::writes ? Errc::in_doubt : Errc::unavailable,
                    .detail = std::move(detail)}};
}

PgFailure of_state(std::string_view state, std::string detail, Effect effect) {
  using Kind = PgFailure::Kind;
  const auto failure = [&](Kind kind, Errc code, std::string hint = {}) {
    return PgFailure{.kind = kind,
                     .error = {.code = code, .detail = std::move(detail), .hint = std::move(hint)}};
  };
  if (state == "57P01" || state == "57P02" || state == "57P03" || state.starts_with("08")) {
    return broken(std::move(detail), effect);
  }
  if (state == "40001" || state == "40P01") return failure(Kind::collision, Errc::unavailable);
  if (state == "23505") return failure(Kind::duplicate, Errc::conflict);
  if (state.starts_with("22")) return failure(Kind::bad_data, Errc::invalid_argument);
  if (state.starts_with("23")) return failure(Kind::bad_data, Errc::internal);
  // Statement and lock timeouts; too many connections, disk full, out of memory; read-only standby.
  if (state == "57014" || state == "55P03" || state.starts_with("53") || state == "25006") {
    return failure(Kind::other, Errc::unavailable);
  }
  if (state == "54000" || state == "54P01") return failure(Kind::other, Errc::too_large);
  if (state == "42P01" || state == "42703" || state == "3F000") {
    return failure(Kind::other, Errc::unavailable, "run `trainyard migrate`");
  }
  return failure(Kind::other, Errc::internal);
}

}  // namespace

PgFailure to_failure(const std::exception_ptr& exception, Effect effect) {
  try {
    std::rethrow_exception(exception);
  } catch (const pqxx::in_doubt_error& error) {
    return broken(one_line(error.what()), Effect::writes);
  } catch (const pqxx::broken_connection& error) {
    return broken(one_line(error.what()), effect);
  } catch (const pqxx::transaction_rollback& error) {
    return {.kind = PgFailure::Kind::collision,
            .error = {.code = Errc::unavailable, .detail = one_line(error.what())}};
  } catch (const pqxx::sql_error& error) {
    return of_state(error.sqlstate(), one_line(error.what()), effect);
  } catch (const pqxx::failure& error) {
    return broken(one_line(error.what()), effect);
  }
}

}  // namespace trainyard::postgres
