#pragma once

#include "common/adapters/postgres/connection_pool.hpp"

namespace trainyard::postgres {

inline constexpr int tries_max = 5;  // against concurrent changes of the same records

// One database, shared by the stores that live in it. Thread-safe.
class Database {
 public:
  explicit Database(Options options) : options_(std::move(options)), pool_(options_) {}

  // A statement of its own. A collision is tried again; a reading one also when its connection
  // turns out to be broken. Throws PgFailure.
  pqxx::result run(const Statement& statement, const Parameters& parameters = {});

  ConnectionPool& pool() { return pool_; }
  const Options& options() const { return options_; }

 private:
  Options options_;
  ConnectionPool pool_;
};

}  // namespace trainyard::postgres
