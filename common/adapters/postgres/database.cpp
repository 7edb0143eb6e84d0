#include "common/adapters/postgres/database.hpp"

namespace trainyard::postgres {

pqxx::result Database::run(const Statement& statement, const Parameters& parameters) {
  for (int attempt = 1;; ++attempt) {
    try {
      return Session(pool_).run(statement, parameters);
    } catch (const PgFailure& failure) {
      using Kind = PgFailure::Kind;
      const bool again =
          failure.kind == Kind::collision ||
          (failure.kind == Kind::broken && statement.effect == Effect::reads && attempt == 1);
      if (!again || attempt == tries_max) throw;
    }
  }
}

}  // namespace trainyard::postgres
