#pragma once

#include "common/adapters/postgres/pg_error.hpp"
#include "common/adapters/postgres/postgres_store.hpp"

#include <pqxx/pqxx>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

namespace trainyard::postgres {

struct Statement {
  const char* name;  // as prepared, and as pg_stat_statements' readers know it
  std::string sql;
  Effect effect;
};

using Parameters = std::vector<std::string>;

// A connection with timeouts, UTC and our planner settings. Throws PgFailure (unavailable).
std::unique_ptr<pqxx::connection> connect(const Options& options);

// Up to Options::connections of them, made when needed and replaced when broken. Thread-safe.
class ConnectionPool {
 public:
  explicit ConnectionPool(const Options& options) : options_(options) {}

  // A connection on loan. Every statement goes through run(), which translates failures (throws
  // PgFailure) and notes when the connection broke, so that it does not go back.
  class Session {
   public:
    explicit Session(ConnectionPool& pool);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // One statement that is its own transaction.
    pqxx::result run(const Statement& statement, const Parameters& parameters = {});
    // The same for a statement that is made for this one call.
    pqxx::result run_unprepared(const std::string& sql, const Parameters& parameters);
    // Several statements as one transaction: `work(execute)`, then commit.
    using Execute =
        std::function<pqxx::result(const Statement& statement, const Parameters& parameters)>;
    void transact(const std::function<void(const Execute&)>& work);

   private:
    template <class Call>
    pqxx::result translated(Effect effect, Call&& call);

    ConnectionPool& pool_;
    std::unique_ptr<pqxx::connection> connection_;
    bool broken_ = false;
  };

 private:
  std::unique_ptr<pqxx::connection> borrow();
  void give_back(std::unique_ptr<pqxx::connection> connection);

  Options options_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<pqxx::connection>> idle_;
  int lent_ = 0;
};

using Session = ConnectionPool::Session;

}  // namespace trainyard::postgres
